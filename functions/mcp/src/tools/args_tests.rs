//! Every spelling that clients use, and every wrong one.

use proptest::prelude::*;
use serde_json::json;

use super::*;

fn with<T>(arguments: &serde_json::Value, take: impl FnOnce(&mut Arguments<'_>) -> T) -> T {
    let text = arguments.to_string();
    let raw: &RawValue = serde_json::from_str(&text).unwrap();
    take(&mut Arguments::parse(Some(raw)).unwrap())
}

fn limit_of(args: &mut Arguments<'_>) -> Result<Option<u32>, ToolError> {
    args.limit()
}

#[test]
fn booleans_come_as_json_or_text() {
    for (value, expected) in [
        (json!(true), Some(true)),
        (json!("true"), Some(true)),
        (json!(" TRUE "), Some(true)),
        (json!(false), Some(false)),
        (json!("false"), Some(false)),
        (json!("maybe"), None),
        (json!(null), None),
    ] {
        assert_eq!(with(&json!({ "x": value }), |args| args.boolean("x")), Ok(expected), "{value}");
    }
    assert_eq!(with(&json!({"x": 1}), |args| args.boolean("x")), Err(wrong("x", "true or false")));
}

#[test]
fn integers_come_as_json_or_text() {
    for (value, expected) in
        [(json!(7), 7), (json!("7"), 7), (json!(" 7 "), 7), (json!(7.0), 7), (json!(-3), -3)]
    {
        assert_eq!(with(&json!({ "x": value }), |args| args.integer("x")), Ok(Some(expected)), "{value}");
    }
    for value in [json!("x"), json!(7.5), json!([7]), json!(true), json!(""), json!("1e3"), json!(1e300)] {
        assert_eq!(
            with(&json!({ "x": value }), |args| args.integer("x")),
            Err(wrong("x", "an integer")),
            "{value}"
        );
    }
}

#[test]
fn a_limit_is_clamped_above_and_refused_below() {
    assert_eq!(with(&json!({"limit": 500}), limit_of), Ok(Some(100)));
    assert_eq!(with(&json!({"limit": i64::MAX}), limit_of), Ok(Some(100)));
    assert_eq!(with(&json!({"limit": 1}), limit_of), Ok(Some(1)));
    assert_eq!(with(&json!({}), limit_of), Ok(None));
    for value in [0, -1] {
        assert!(with(&json!({ "limit": value }), limit_of).is_err());
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

    #[test]
    fn every_integer_survives_both_spellings(number: i64) {
        prop_assert_eq!(with(&json!({ "x": number }), |args| args.integer("x")), Ok(Some(number)));
        prop_assert_eq!(with(&json!({ "x": number.to_string() }), |args| args.integer("x")), Ok(Some(number)));
    }
}
