//! The parts of a fixed message that LangChain's libraries can load. One unloadable message breaks its whole prompt.

use serde_json::{Map, Value};

use super::calls::{invalid_tool_calls, tool_calls};
use crate::toolset::ToolError;
use crate::toolset::arguments::errors::wrong_value;

/// Checks the content of the message in the argument `name`.
pub(super) fn check_content(name: &str, content: &Value) -> Result<(), ToolError> {
    let name = format!("{name}.content");
    let parts = match content {
        Value::String(_) => return Ok(()),
        Value::Array(parts) => parts,
        _ => return Err(wrong_value(&name, "a text, or a list of parts")),
    };
    match parts.iter().position(|part| !part.is_string() && !part.is_object()) {
        Some(at) => {
            Err(wrong_value(&format!("{name}[{at}]"), "a text or an object, such as {type: \"text\", text}"))
        }
        None => Ok(()),
    }
}

/// The other members of this message, in LangChain's form.
pub(super) fn loadable(name: &str, others: Map<String, Value>) -> Result<Map<String, Value>, ToolError> {
    let read = |(member, value): (String, Value)| {
        let value = other(&format!("{name}.{member}"), &member, value)?;
        Ok((member, value))
    };
    others.into_iter().map(read).collect()
}

fn other(path: &str, member: &str, value: Value) -> Result<Value, ToolError> {
    let (is_right, expected) = match member {
        "tool_calls" => return tool_calls(path, value),
        "invalid_tool_calls" => return invalid_tool_calls(path, value),
        "additional_kwargs" | "response_metadata" => (value.is_object(), "a JSON object"),
        "usage_metadata" => {
            (is_usage(&value), "an object with the numbers input_tokens, output_tokens and total_tokens")
        }
        "id" | "name" | "tool_call_id" => (value.is_string(), "a text"),
        "status" => (value == "success" || value == "error", "success or error"),
        _ => (true, ""),
    };
    if is_right { Ok(value) } else { Err(wrong_value(path, expected)) }
}

fn is_usage(value: &Value) -> bool {
    let is_number = |member: &&str| value.get(*member).is_some_and(|value| value.is_u64() || value.is_i64());
    let is_object = |member: &&str| value.get(*member).is_none_or(Value::is_object);
    ["input_tokens", "output_tokens", "total_tokens"].iter().all(is_number)
        && ["input_token_details", "output_token_details"].iter().all(is_object)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// As langchain-core 1.8.3 loads them.
    #[test]
    fn members_have_the_types_that_are_loaded() {
        let usage = json!({"input_tokens": 1, "output_tokens": 1, "total_tokens": 2});
        for (member, good, bad, word) in [
            ("response_metadata", json!({"a": 1}), json!([]), "m.response_metadata must be a JSON object"),
            ("additional_kwargs", json!({}), json!("x"), "m.additional_kwargs must be a JSON object"),
            ("usage_metadata", usage, json!({"input_tokens": 1}), "m.usage_metadata must be an object with"),
            ("name", json!("n"), json!(5), "m.name must be a text"),
            ("id", json!("run-1"), json!({}), "m.id must be a text"),
            ("tool_call_id", json!("1"), json!(1), "m.tool_call_id must be a text"),
            ("status", json!("error"), json!("weird"), "m.status must be success or error"),
            ("tool_calls", json!([]), json!({}), "m.tool_calls must be a list"),
            ("invalid_tool_calls", json!([]), json!("x"), "m.invalid_tool_calls must be a list"),
        ] {
            let read = |value: &Value| loadable("m", Map::from_iter([(member.to_owned(), value.clone())]));
            assert_eq!(read(&good).unwrap().get(member), Some(&good));
            let message = read(&bad).unwrap_err().message;
            assert!(message.starts_with(word), "{message}");
        }
        assert!(loadable("m", Map::from_iter([("artifact".to_owned(), json!(1))])).is_ok());
    }

    #[test]
    fn parts_are_texts_or_objects() {
        assert!(check_content("m", &json!(["a", {"type": "text", "text": "b"}])).is_ok());
        for (content, word) in
            [(json!(1), "m.content must be a text"), (json!(["a", 1]), "m.content[1] must be")]
        {
            let message = check_content("m", &content).unwrap_err().message;
            assert!(message.starts_with(word), "{message}");
        }
    }
}
