//! Whether the stored value equals the given one. LangSmith keeps JSON in a form of its own.

use serde_json::value::RawValue;

use super::canonical::{canonical, members};

/// Whether two JSON values differ in meaning. No given value differs from nothing.
pub(crate) fn is_another(given: Option<&RawValue>, stored: Option<&RawValue>) -> bool {
    given.is_some_and(|given| canonical(given) != canonical(stored.unwrap_or(RawValue::NULL)))
}

/// Like [`is_another`], but an empty object, null and an absent value are all the same.
pub(crate) fn is_other(given: Option<&RawValue>, stored: Option<&RawValue>) -> bool {
    match (has_no_members(given), has_no_members(stored)) {
        (true, true) => false,
        (false, false) => is_another(given, stored),
        _ => true,
    }
}

/// Whether a value is absent, null or an empty object.
fn has_no_members(json: Option<&RawValue>) -> bool {
    let is_object =
        |text: &str| text.strip_prefix('{')?.strip_suffix('}').map(|members| members.trim().is_empty());
    json.is_none_or(|json| json.get() == "null" || is_object(json.get()) == Some(true))
}

/// Whether `stored` lacks any of the wanted members. LangSmith adds members of its own.
pub(crate) fn lacks(stored: Option<&RawValue>, wanted: Option<&RawValue>) -> bool {
    let Some(wanted) = wanted.and_then(members) else { return false };
    let stored = stored.and_then(members).unwrap_or_default();
    wanted.iter().any(|(name, value)| stored.get(name) != Some(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(json: &str) -> Box<RawValue> {
        serde_json::from_str(json).unwrap()
    }

    fn another(given: &str, stored: &str) -> bool {
        is_another(Some(&raw(given)), Some(&raw(stored)))
    }

    fn missing(stored: &str, wanted: &str) -> bool {
        lacks(Some(&raw(stored)), Some(&raw(wanted)))
    }

    #[test]
    fn json_is_compared_by_meaning() {
        assert!(!another(r#"{"a": 1, "b": [2.0]}"#, r#"{"b":[2],"a":1}"#));
        assert!(another(r#"{"a":1}"#, r#"{"a":2}"#) && another(r#"{"a":1}"#, "null"));
        assert!(another("[1]", "[1,2]") && another(r#"{"a":1}"#, r#"{"a":1,"b":2}"#) && another("1.5", "1"));
        assert!(!is_another(None, None) && !is_another(None, Some(&raw("1"))));
    }

    #[test]
    fn what_no_parser_holds_is_compared_as_text() {
        assert!(!another(r#"{"a": "\ud800", "n":1e400}"#, r#"{"n":1e400,"a":"\ud800"}"#));
        assert!(another(r#"{"a":"\ud800"}"#, r#"{"a":"?"}"#) && another(r#"{"a":1e400}"#, r#"{"a":2e400}"#));
        assert!(another(r#"{"a":"\ud800","b":1}"#, r#"{"a":"\ud800","b":2}"#));
        assert!(another("9007199254740993", "9007199254740992.0"));
    }

    #[test]
    fn labels_of_langsmiths_own_do_not_count() {
        assert!(!missing(r#"{"a":1,"own":2}"#, r#"{"a":1}"#));
        assert!(missing(r#"{"a":1}"#, r#"{"a":2}"#) && missing("{}", r#"{"a":1}"#));
        assert!(missing("null", r#"{"a":null}"#) && lacks(None, Some(&raw(r#"{"a":1}"#))));
        assert!(!missing("{}", "{}") && !lacks(None, None) && missing("{}", r#"{"a":"\ud800"}"#));
        assert!(!missing(r#"{"a":"\ud800","own":1}"#, r#"{"a":"\ud800"}"#));
    }
}
