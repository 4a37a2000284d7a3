//! The copy agrees with a real parser on every value, and the measured size with the text.

use std::fmt::Write as _;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::json::sink::Size;
use crate::json::text::MAX_ID;

fn copied(json: &str, cut: Option<usize>) -> String {
    let mut text = String::new();
    copy(json, cut, &mut text);
    text
}

/// The size rule, spelled out: characters of the compact text, and one more for each comma and colon outside strings.
fn size_of(value: &Value) -> usize {
    match value {
        Value::Array(items) => {
            2 + items.iter().map(size_of).sum::<usize>() + 2 * items.len().saturating_sub(1)
        }
        Value::Object(members) => {
            let pairs = members
                .iter()
                .map(|(key, value)| json!(key).to_string().chars().count() + 2 + size_of(value));
            2 + pairs.sum::<usize>() + 2 * members.len().saturating_sub(1)
        }
        other => other.to_string().chars().count(),
    }
}

fn cut_value(value: &mut Value, limit: usize) {
    match value {
        Value::String(text) if text.chars().count() > limit => {
            let removed = text.chars().count() - limit;
            let cut = format!("{}… (+{removed} chars)", text.chars().take(limit).collect::<String>());
            if cut.chars().count() < text.chars().count() {
                *text = cut;
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| cut_value(item, limit)),
        Value::Object(members) => members.values_mut().for_each(|item| cut_value(item, limit)),
        _ => {}
    }
}

#[test]
fn long_values_are_cut_and_keys_are_not() {
    let json = r#"{ "a key that is long, longer than its value" : "12345678" , "b":["1234567890123456789012",{"c":"x"}] }"#;
    assert_eq!(
        copied(json, Some(8)),
        r#"{"a key that is long, longer than its value":"12345678","b":["12345678… (+14 chars)",{"c":"x"}]}"#
    );
}

#[test]
fn a_text_never_becomes_longer_by_a_cut() {
    for (length, kept) in [(9, 9), (20, 20), (21, 21), (22, 8), (200, 8)] {
        let shown = copied(&json!("é".repeat(length)).to_string(), Some(8));
        let removed = length - kept;
        let mark = if removed > 0 { format!("… (+{removed} chars)") } else { String::new() };
        assert_eq!(shown, format!("\"{}{mark}\"", "é".repeat(kept)));
    }
}

#[test]
fn ids_are_whole_wherever_they_stand() {
    let uuid = "00000000-0000-4000-8000-00000000ABcd";
    let call = "call_0123456789abcdefghijklmnopqrstuvwxyz";
    let ids = json!({"x": uuid, "list": [uuid, [uuid]], "id": call, "tool_call_id": call, "callIds": [call, call], "n": 1});
    assert_eq!(copied(&ids.to_string(), Some(3)), ids.to_string());
    let longest = json!({"id": "x".repeat(MAX_ID)}).to_string();
    assert_eq!(copied(&longest, Some(3)), longest);
    let others =
        json!({"x": format!("{uuid}0"), "name": call, "id": "x".repeat(MAX_ID + 1), "video": [call]});
    let shown: Value = serde_json::from_str(&copied(&others.to_string(), Some(3))).unwrap();
    for pointer in ["/x", "/name", "/id", "/video/0"] {
        assert!(shown.pointer(pointer).unwrap().as_str().unwrap().ends_with(" chars)"), "{pointer}: {shown}");
    }
}

#[test]
fn escapes_are_one_character_each() {
    let many = |escape: &str| format!("\"{}\"", escape.repeat(20));
    assert_eq!(copied(&many(r"\u00e9"), Some(2)), "\"éé… (+18 chars)\"");
    assert_eq!(copied(&many(r"\ud83d\ude00"), Some(1)), "\"😀… (+19 chars)\"");
    assert_eq!(copied(r#""a\/b\"\\\n\u0001\u007f""#, None), "\"a/b\\\"\\\\\\n\\u0001\u{7f}\"");
}

#[test]
fn half_a_surrogate_pair_is_replaced() {
    for json in [r#""\ud83d""#, r#""\ude00""#] {
        assert_eq!(copied(json, None), "\"\u{fffd}\"", "{json}");
    }
    assert_eq!(copied(r#""\ud83dx""#, None), "\"\u{fffd}x\"");
    assert_eq!(copied(r#""\ud83d\u0041""#, None), "\"\u{fffd}A\"");
}

fn nested(levels: usize, inner: &str) -> String {
    format!("{}{inner}{}", "[".repeat(levels), "]".repeat(levels))
}

#[test]
fn what_is_nested_too_deeply_becomes_text() {
    assert_eq!(copied(&nested(MAX_DEPTH, "1"), None), nested(MAX_DEPTH, "1"));
    let below = r#"{"a":["]","\\\""]}"#;
    let expected = nested(MAX_DEPTH, &json!(below).to_string());
    assert_eq!(copied(&nested(MAX_DEPTH, below), None), expected);
    let after = format!("{{\"a\":{},\"b\":2}}", nested(MAX_DEPTH - 1, "[1]"));
    assert_eq!(copied(&after, None), after.replace("[1]", "\"[1]\""));
    let deep = copied(&nested(5_000, "x"), Some(10));
    assert_eq!(deep, nested(MAX_DEPTH, "\"[[[[[[[[[[… (+9791 chars)\""));
}

#[test]
fn long_numbers_and_spaces_are_copied_too() {
    let numbers: Vec<i32> = (0..5_000).collect();
    let json = serde_json::to_string_pretty(&numbers).unwrap();
    assert_eq!(copied(&json, None), serde_json::to_string(&numbers).unwrap());
    assert_eq!(copied(&json.replace(['\n', ' '], ""), None), serde_json::to_string(&numbers).unwrap());
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "\\PC{0,40}".prop_map(Value::from),
        "[\"\\\\\n\t\u{1}a,: é😀]{0,30}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec(("[\"\\\\:, aé]{0,8}", inner), 0..5)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// The same value with every non-ASCII character escaped and spaces everywhere.
fn escaped(value: &Value) -> String {
    let mut text = String::new();
    for character in serde_json::to_string_pretty(value).unwrap().chars() {
        if character.is_ascii() {
            text.push(character);
        } else {
            for unit in character.encode_utf16(&mut [0; 2]) {
                write!(text, "\\u{unit:04x}").unwrap();
            }
        }
    }
    text
}

proptest! {
    #[test]
    fn a_copy_is_the_compact_form_of_the_same_value(value in any_json()) {
        prop_assert_eq!(copied(&value.to_string(), None), value.to_string());
        prop_assert_eq!(copied(&escaped(&value), None), value.to_string());
    }

    #[test]
    fn a_cut_copy_is_the_compact_form_of_the_cut_value(value in any_json(), limit in 0_usize..20) {
        let mut expected = value.clone();
        cut_value(&mut expected, limit);
        prop_assert_eq!(copied(&escaped(&value), Some(limit)), expected.to_string());
    }

    #[test]
    fn the_sum_follows_the_size_rule(value in any_json(), limit in prop::option::of(0_usize..20)) {
        let size = Size::of(|size| copy(&value.to_string(), limit, size));
        let mut expected = value.clone();
        if let Some(limit) = limit {
            cut_value(&mut expected, limit);
        }
        prop_assert_eq!(size, size_of(&expected));
    }

    #[test]
    fn a_measure_is_the_sum_of_the_pieces(value in any_json(), levels in 0_usize..210, limit in prop::option::of(0_usize..20)) {
        let pretty = serde_json::to_string_pretty(&json!({"run_ids": value, "a": value})).unwrap();
        let deep = format!("{}{pretty}{}", "[".repeat(levels), "]".repeat(levels));
        for json in [value.to_string(), escaped(&value), deep, pretty] {
            let pieces = Size::of(|size| copy_to_max_depth(&json, limit, size));
            prop_assert_eq!(Size::of(|size| copy(&json, limit, size)), pieces, "{}", json);
        }
    }
}
