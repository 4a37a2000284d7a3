//! Whether what is stored is what the caller gives. LangSmith keeps JSON in a form of its own: what cannot be compared,
//! such as half a surrogate pair, is taken for the same.

use serde_json::Value;
use serde_json::value::RawValue;

/// Whether two pieces of JSON mean something different; nothing given differs from nothing.
pub(crate) fn is_another(given: Option<&RawValue>, stored: Option<&RawValue>) -> bool {
    let Some(given) = given else { return false };
    match (read(given.get()), read(stored.map_or("null", RawValue::get))) {
        (Some(given), Some(stored)) => !alike(&given, &stored),
        _ => false,
    }
}

/// Whether `stored` lacks any of the wanted members. LangSmith adds labels of its own.
pub(crate) fn lacks(stored: Option<&RawValue>, wanted: Option<&RawValue>) -> bool {
    let Some(Value::Object(wanted)) = wanted.and_then(|wanted| read(wanted.get())) else { return false };
    let Some(stored) = read(stored.map_or("null", RawValue::get)) else { return false };
    wanted.iter().any(|(key, value)| stored.get(key).is_none_or(|stored| !alike(stored, value)))
}

fn read(json: &str) -> Option<Value> {
    serde_json::from_str(json).ok()
}

/// Equality, for which `1` and `1.0` are one number.
fn alike(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len()
                && one.iter().all(|(key, value)| other.get(key).is_some_and(|other| alike(value, other)))
        }
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| alike(one, other))
        }
        (Value::Number(one), Value::Number(other)) if one.is_f64() != other.is_f64() => {
            one.as_f64() == other.as_f64()
        }
        _ => one == other,
    }
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
        assert!(!is_another(None, None) && !another(r#"{"a":"\ud800"}"#, r#"{"a":"?"}"#));
    }

    #[test]
    fn labels_of_langsmiths_own_do_not_count() {
        assert!(!missing(r#"{"a":1,"own":2}"#, r#"{"a":1}"#));
        assert!(missing(r#"{"a":1}"#, r#"{"a":2}"#) && missing("{}", r#"{"a":1}"#));
        assert!(missing("null", r#"{"a":null}"#) && lacks(None, Some(&raw(r#"{"a":1}"#))));
        assert!(!missing("{}", "{}") && !lacks(None, None) && !missing("{}", r#"{"a":"\ud800"}"#));
    }
}
