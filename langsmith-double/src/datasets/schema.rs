//! Validation against the schema of a dataset: the part of JSON Schema that datasets use, which is `type`, `required`
//! and `properties`. Description: a dataset has a schema for inputs and one for outputs. Assumed: examples are checked
//! when they are written, and refused in the words of Python's `jsonschema`.

use serde_json::Value;
use serde_json::value::RawValue;

/// The first violation of the schema, if any. Without a schema everything is valid; so is JSON that the platform can
/// read and this parser cannot, e.g. half a surrogate pair.
pub(crate) fn misfit(json: &RawValue, schema: &Value) -> Option<String> {
    let value = serde_json::from_str::<Value>(json.get()).ok().filter(|_| !schema.is_null())?;
    first_misfit(&value, schema)
}

fn first_misfit(value: &Value, schema: &Value) -> Option<String> {
    let wanted = schema.get("type").and_then(Value::as_str);
    if let Some(wanted) = wanted.filter(|wanted| !is_of(value, wanted)) {
        return Some(format!("is not of type '{wanted}'"));
    }
    let required = schema.get("required").and_then(Value::as_array).into_iter().flatten();
    if let Some(name) = required.filter_map(Value::as_str).find(|name| value.get(name).is_none()) {
        return Some(format!("'{name}' is a required property"));
    }
    let properties = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
    let mut members = properties.filter_map(|(name, schema)| Some((name, value.get(name)?, schema)));
    members.find_map(|(name, value, schema)| Some(format!("'{name}' {}", first_misfit(value, schema)?)))
}

fn is_of(value: &Value, wanted: &str) -> bool {
    match wanted {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        "number" => value.is_number(),
        "integer" => value.is_i64() || value.is_u64(),
        _ => true,
    }
}
