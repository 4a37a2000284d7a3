//! Every spelling that clients use, and every wrong one.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

fn with<T>(arguments: &Value, take: impl FnOnce(&mut Arguments<'_>) -> T) -> T {
    let text = arguments.to_string();
    let raw: &RawValue = serde_json::from_str(&text).unwrap();
    take(&mut Arguments::parse(Some(raw)).unwrap())
}

#[test]
fn booleans_come_as_json_or_text() {
    for (value, expected) in [
        (json!(true), Some(true)),
        (json!("true"), Some(true)),
        (json!(" TRUE "), Some(true)),
        (json!(false), Some(false)),
        (json!("false"), Some(false)),
        (json!(null), None),
    ] {
        assert_eq!(with(&json!({ "x": value }), |args| args.boolean("x")), Ok(expected), "{value}");
    }
    for value in [json!(1), json!("maybe"), json!(""), json!("1"), json!("null"), json!([true]), json!({})] {
        assert_eq!(
            with(&json!({ "x": value }), |args| args.boolean("x")),
            Err(wrong("x", "true or false")),
            "{value}"
        );
    }
}

#[test]
fn lists_come_as_arrays_as_their_text_or_as_one_entry() {
    for (value, expected) in [
        (json!(["a", "b"]), vec!["a", "b"]),
        (json!("[\"a\",\"b\"]"), vec!["a", "b"]),
        (json!("a"), vec!["a"]),
        (json!("[a"), vec!["[a"]),
        (json!("[1]"), vec!["[1]"]),
    ] {
        let expected = Ok(Some(expected.into_iter().map(str::to_owned).collect()));
        assert_eq!(with(&json!({ "x": value }), |args| args.list("x")), expected, "{value}");
    }
    for value in [json!([1]), json!({}), json!(5)] {
        assert!(with(&json!({ "x": value }), |args| args.list("x")).is_err(), "{value}");
    }
    assert_eq!(with(&json!({"x": []}), |args| args.list("x")), Ok(None));
    assert!(with(&json!({"x": vec!["a"; 21]}), |args| args.list("x")).is_err());
}

#[test]
fn a_text_has_a_limit() {
    let text = |length: usize| with(&json!({ "x": "é".repeat(length) }), |args| args.text("x"));
    assert!(text(4000).is_ok());
    assert_eq!(text(4001), Err(wrong("x", "at most 8000 bytes long")));
}

#[test]
fn what_is_no_text_is_told_apart() {
    fn text<T>(json: &str, take: impl FnOnce(&mut Arguments<'_>) -> T) -> T {
        let json = format!(r#"{{"x":{json}}}"#);
        take(&mut Arguments::parse(Some(serde_json::from_str(&json).unwrap())).unwrap())
    }
    for (json, message) in [
        ("5", "x must be a string."),
        (r#""a\ud800""#, "x must be valid text: a part of it is no character."),
        (r#""a\u0000""#, "x must be text without the character U+0000."),
    ] {
        assert_eq!(text(json, |args| args.text("x")), Err(ToolError::invalid(message)), "{json}");
        assert_eq!(text(json, |args| args.text_or_empty("x")), Err(ToolError::invalid(message)), "{json}");
        let message = message.replace("a string", "a string or an array of strings");
        let listed = [json.to_owned(), format!("[\"a\",{json}]")];
        for json in listed {
            assert_eq!(
                text(&json, |args| args.list("x")),
                Err(ToolError::invalid(message.clone())),
                "{json}"
            );
        }
    }
    assert_eq!(text(r#""[\"\\u0000\"]""#, |args| args.list("x")), Err(wrong("x", NO_NUL)));
    for json in [r#"{"a":"\u0000"}"#, r#"{"a":[{"\u0000":1}]}"#, r#""{\"a\":\"\\u0000\"}""#] {
        let error = text(json, |args| args.object("x")).unwrap_err();
        assert_eq!(error, wrong("x", "JSON without the character U+0000"), "{json}");
    }
    // Whatever else goes into a body goes there as it is.
    let body = r#"{"a":"\ud800 \\u0000"}"#;
    assert_eq!(text(body, |args| args.object("x")).unwrap().unwrap().get(), body);
}

#[test]
fn an_empty_value_can_be_told_from_none() {
    let empty = |value: Value| with(&json!({ "x": value }), |args| args.text_or_empty("x"));
    assert_eq!((empty(json!(" ")), empty(json!(null))), (Ok(Some(String::new())), Ok(None)));
    assert_eq!(empty(json!(" a")), Ok(Some(" a".to_owned())));
    let none = |value: Value| with(&json!({ "x": value }), |args| args.list_or_empty("x"));
    for value in [json!([]), json!("[]"), json!(""), json!([""])] {
        assert_eq!(none(value.clone()), Ok(Some(Vec::new())), "{value}");
    }
    assert_eq!((none(json!(null)), none(json!("a"))), (Ok(None), Ok(Some(vec!["a".to_owned()]))));
}

#[test]
fn ids_are_uuids() {
    let id = "5A3E0000-0000-4000-8000-0000000000A1";
    assert_eq!(with(&json!({ "x": id }), |args| args.id("x")), Ok(Some(id.to_lowercase())));
    assert_eq!(with(&json!({"x": "../x"}), |args| args.id("x")), Err(wrong("x", "a UUID")));
    assert_eq!(with(&json!({"x": ""}), |args| args.id("x")), Ok(None));
}

#[test]
fn what_nobody_took_is_named() {
    let text = r#"{"bogus":null,"limit":1}"#;
    let mut arguments = Arguments::parse(Some(serde_json::from_str(text).unwrap())).unwrap();
    arguments.limit().unwrap();
    assert_eq!(arguments.finish(), Err(ToolError::invalid("Unknown argument: bogus")));
}

#[test]
fn anything_but_one_object_is_refused() {
    for text in ["[]", "1", "\"x\"", r#"{"a":1,"a":2}"#] {
        assert!(Arguments::parse(Some(serde_json::from_str(text).unwrap())).is_err(), "{text}");
    }
    assert!(Arguments::parse(Some(serde_json::from_str("null").unwrap())).unwrap().finish().is_ok());
    assert!(Arguments::parse(None).unwrap().finish().is_ok());
}

proptest! {
    #[test]
    fn no_argument_makes_the_parser_fail_otherwise_than_by_name(name in "[a-z_]{1,9}", text in "\\PC{0,40}") {
        let value = json!({ name.clone(): text });
        let taken = with(&value, |args| (args.boolean("x"), args.integer("limit"), args.list("names")));
        for error in [taken.0.err(), taken.1.err(), taken.2.err()].into_iter().flatten() {
            prop_assert!(error.message.contains(&name));
        }
    }
}
