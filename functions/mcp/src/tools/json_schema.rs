//! JSON Schemas that a caller hands over. They are not understood; what is obviously none is refused by its name.

use serde_json::Value;
use serde_json::value::RawValue;

use super::ToolError;
use super::args::Arguments;
use super::free_form::object;

/// The names of the types.
const TYPES: [&str; 7] = ["array", "boolean", "integer", "null", "number", "object", "string"];

/// Takes a schema. LangSmith would store `{"type": "text"}`, and then refuse every example.
pub(crate) fn schema(
    arguments: &mut Arguments<'_>,
    name: &'static str,
) -> Result<Option<Box<RawValue>>, ToolError> {
    let schema = object(arguments, name)?;
    let value = schema.as_deref().and_then(|schema| serde_json::from_str::<Value>(schema.get()).ok());
    if value.as_ref().is_none_or(is_schema) {
        return Ok(schema);
    }
    let message =
        format!("{name} is no JSON Schema: type must be one of {}, or a list of them.", TYPES.join(", "));
    Err(ToolError::invalid(message))
}

fn is_schema(value: &Value) -> bool {
    let properties = value.get("properties").and_then(Value::as_object).into_iter().flatten();
    let inner = properties.map(|(_, schema)| schema).chain(value.get("items"));
    value.get("type").is_none_or(is_type) && inner.into_iter().all(is_schema)
}

fn is_type(value: &Value) -> bool {
    let known = |value: &Value| value.as_str().is_some_and(|name| TYPES.contains(&name));
    match value {
        Value::Array(names) => !names.is_empty() && names.iter().all(known),
        one => known(one),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(json: &str) -> Result<Option<Box<RawValue>>, ToolError> {
        let json = format!(r#"{{"x":{json}}}"#);
        schema(&mut Arguments::parse(Some(serde_json::from_str(&json).unwrap())).unwrap(), "x")
    }

    #[test]
    fn a_schema_stays_as_it_came() {
        for json in [
            "{}",
            r#"{"type":["string","null"]}"#,
            r#"{"properties":{"type":{"enum":["text"]}},"additionalProperties":false}"#,
            r#"{"type":"array","items":{"type":"integer"}}"#,
            r#"{"items":[{"type":"integer"},true],"properties":true}"#,
            r#"{"title":"\ud800","type":"object"}"#,
        ] {
            assert_eq!(taken(json).unwrap().unwrap().get(), json);
        }
        assert!(taken("null").unwrap().is_none());
    }

    #[test]
    fn what_is_no_type_is_named() {
        for json in [
            r#"{"type":"text"}"#,
            r#"{"type":5}"#,
            r#"{"type":null}"#,
            r#"{"type":[]}"#,
            r#"{"type":["string",1]}"#,
            r#"{"properties":{"a":{"type":"str"}}}"#,
            r#"{"items":{"items":{"type":{}}}}"#,
        ] {
            assert!(
                taken(json).unwrap_err().message.starts_with("x is no JSON Schema: type must be"),
                "{json}"
            );
        }
    }
}
