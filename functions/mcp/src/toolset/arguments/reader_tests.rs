//! Every spelling that clients use, and every wrong one.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::toolset::arguments::placeholders::EmptyForm;

fn read<T>(
    json: &str,
    take: impl FnOnce(&mut Arguments<'_>) -> Result<T, ToolError>,
) -> Result<T, ToolError> {
    Arguments::read(Some(serde_json::from_str(json).unwrap()), take)
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
        (json!(""), None),
        (json!(" null "), None),
        (json!("None"), None),
        (json!("undefined"), None),
        (json!([]), None),
        (json!({}), None),
    ] {
        assert_eq!(with(json!({ "x": value }), |args| args.boolean("x")), Ok(expected), "{value}");
    }
    for value in [json!(1), json!("maybe"), json!("1"), json!("nil"), json!([true]), json!({"a": 1})] {
        assert_eq!(
            with(json!({ "x": value }), |args| args.boolean("x")),
            Err(wrong_value("x", "true or false")),
            "{value}"
        );
    }
}

#[test]
fn a_text_has_a_limit() {
    let text = |length: usize| with(json!({ "x": "é".repeat(length) }), |args| args.text("x"));
    assert!(text(4000).is_ok());
    assert_eq!(text(4001), Err(wrong_value("x", "at most 8000 bytes long")));
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
        assert_eq!(text(json, |args| args.value("x")), Err(ToolError::invalid(message)), "{json}");
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
    assert_eq!(text(r#""[\"\\u0000\"]""#, |args| args.list("x")), Err(wrong_value("x", NO_NUL)));
    for json in [r#"{"a":"\u0000"}"#, r#"{"a":[{"\u0000":1}]}"#, r#""{\"a\":\"\\u0000\"}""#] {
        let error = text(json, |args| args.object("x")).unwrap_err();
        assert_eq!(error, wrong_value("x", "JSON without the character U+0000"), "{json}");
    }
    // All other content of a body passes unchanged.
    let body = r#"{"a":"\ud800 \\u0000"}"#;
    assert_eq!(text(body, |args| args.object("x")).unwrap().unwrap().get(), body);
}

#[test]
fn an_empty_text_can_be_told_from_none() {
    let text = |arguments: Value| {
        with(&arguments, |args| {
            args.set_may_be_empty(&[("description", EmptyForm::Text)]);
            args.text_or_empty("description")
        })
    };
    assert_eq!(text(json!({"description": " "})), Ok(Some(String::new())));
    assert_eq!(text(json!({"description": null})), Ok(None));
    assert_eq!(text(json!({"description": " a"})), Ok(Some(" a".to_owned())));
    // A client that fills in arguments fills in this one, too.
    assert_eq!(text(json!({"description": " ", "parent_commit": ""})), Ok(None));
    assert_eq!(text(json!({"description": " ", "parent_commit": null})), Ok(Some(String::new())));
    assert_eq!(text(json!({"description": " ", "tags": ["None"]})), Ok(None));
    assert_eq!(text(json!({"description": "None", "tags": ["a"]})), Ok(Some("None".to_owned())));
    assert_eq!(text(json!({"description": "None", "tags": ["None"]})), Ok(None));
    // Every tool takes this one first.
    let late = |arguments: Value| {
        with(&arguments, |args| {
            args.workspace().unwrap();
            args.set_may_be_empty(&[("description", EmptyForm::Text)]);
            args.text_or_empty("description")
        })
    };
    assert_eq!(late(json!({"description": "", "workspace_id": ""})), Ok(None));
    assert_eq!(late(json!({"description": "", "workspace_id": "null"})), Ok(None));
    assert_eq!(late(json!({"description": "", "workspace_id": null})), Ok(Some(String::new())));
}

#[test]
fn a_word_for_nothing_may_be_a_name() {
    for word in ["null", "None", "undefined"] {
        assert_eq!(with(json!({ "x": word }), |args| args.text("x")), Ok(Some(word.to_owned())));
        assert_eq!(with(json!({ "x": word }), |args| args.value("x")), Ok(None), "{word}");
        assert_eq!(with(json!({ "x": word }), |args| args.choice("x", &["a"])), Ok(None), "{word}");
    }
    assert_eq!(with(json!({"x": "b"}), |args| args.choice("x", &["a"])), Err(wrong_value("x", "one of a")));
}

#[test]
fn ids_are_uuids() {
    let id = "5A3E0000-0000-4000-8000-0000000000A1";
    assert_eq!(with(json!({ "x": id }), |args| args.id("x")), Ok(Some(id.to_lowercase())));
    assert_eq!(with(json!({"x": "../x"}), |args| args.id("x")), Err(wrong_value("x", "a UUID")));
    for value in [json!(""), json!("null"), json!("NONE"), json!([])] {
        assert_eq!(with(json!({ "x": value }), |args| args.id("x")), Ok(None), "{value}");
    }
}

#[test]
fn what_nobody_took_is_named() {
    let limit = |args: &mut Arguments<'_>| args.limit();
    for (json, message) in [
        (r#"{"bogus":null,"limit":1}"#, "Unknown argument: bogus. Known arguments: limit."),
        (
            r#"{"limits":"","limit":1}"#,
            "Unknown argument: limits. Did you mean limit? Known arguments: limit.",
        ),
    ] {
        assert_eq!(read(json, limit), Err(ToolError::invalid(message)), "{json}");
    }
}

#[test]
fn what_clients_add_is_ignored() {
    let added = r#"{"sessionId":"s","action":"sendMessage","chatInput":"hi","tool":"t","toolCallId":"call_1","limit":3}"#;
    let limit = |args: &mut Arguments<'_>| args.limit();
    assert_eq!(read(added, limit), Ok(Some(3)));
    // It says nothing about the client.
    let description = |args: &mut Arguments<'_>| {
        args.set_may_be_empty(&[("description", EmptyForm::Text)]);
        args.text_or_empty("description")
    };
    assert_eq!(read(r#"{"sessionId":"","description":""}"#, description), Ok(Some(String::new())));
}

#[test]
fn a_required_argument_that_says_nothing_is_named() {
    let required = |args: &mut Arguments<'_>| args.id("x")?.ok_or_else(|| missing("x"));
    for json in [r#"{"x":""}"#, r#"{"x":[]}"#, r#"{"x":"null"}"#] {
        assert_eq!(read(json, required), Err(ToolError::invalid("x is empty, but required.")), "{json}");
    }
    for json in ["{}", r#"{"x":null}"#] {
        assert_eq!(read(json, required), Err(missing("x")), "{json}");
    }
}

#[test]
fn anything_but_one_object_is_refused() {
    for (text, word) in [
        ("[]", "one JSON object"),
        ("1", "one JSON object"),
        ("\"x\"", "one JSON object"),
        (r#"{"a":1,"a":2}"#, "only once"),
        (r#"{"\ud800":1}"#, "not a character"),
    ] {
        let error = Arguments::parse(Some(serde_json::from_str(text).unwrap())).unwrap_err();
        assert!(error.message.contains(word), "{text}: {}", error.message);
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

    #[test]
    fn what_says_nothing_is_the_same_as_nothing(
        filler in prop::sample::select(vec![json!(""), json!(" \n"), json!([]), json!({}), json!(null)]),
        limit in 1_u32..100,
    ) {
        let take = |args: &mut Arguments<'_>| {
            Ok((args.limit()?, args.text("a")?, args.boolean("b")?, args.list("c")?, args.object_text("d")?, args.id("e")?))
        };
        let plain = json!({ "limit": limit });
        let filled = json!({"limit": limit, "a": filler, "b": filler, "c": filler, "d": filler, "e": filler});
        prop_assert_eq!(read(&filled.to_string(), take), read(&plain.to_string(), take));
    }
}
