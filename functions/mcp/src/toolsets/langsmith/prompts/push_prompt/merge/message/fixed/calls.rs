//! The tool calls of a fixed message. LangChain's libraries load no form but their own, and callers often write the one
//! of OpenAI's API.

use serde_json::{Map, Value};

use crate::toolset::ToolError;
use crate::toolset::arguments::errors::wrong_value;

const LISTED: &str = "a list of calls, each {name, args, id}";
const SHAPE: &str = "{name, args, id}, or {id, type: \"function\", function: {name, arguments}}";
const SHAPE_OF_INVALID: &str = "an object with the texts name, args, id and error";

/// The calls in LangChain's form; `path` names the member.
pub(super) fn tool_calls(path: &str, value: Value) -> Result<Value, ToolError> {
    entries(path, value, |path, call| {
        let mut call = if call.contains_key("function") { of_openai(path, call)? } else { call };
        if call.keys().any(|member| !matches!(member.as_str(), "args" | "id" | "name" | "type")) {
            return Err(wrong_value(path, SHAPE));
        }
        if !call.get("name").is_some_and(Value::is_string) {
            return Err(wrong_value(&format!("{path}.name"), "a text"));
        }
        // No id is an id to LangChain, but only as null.
        if !call.get("id").is_some_and(is_text_or_null) {
            return Err(wrong_value(&format!("{path}.id"), "a text"));
        }
        let args = arguments(&format!("{path}.args"), call.remove("args"))?;
        call.insert("args".into(), args);
        if let Some(kind) = call.get_mut("type") {
            *kind = "tool_call".into();
        }
        Ok(call)
    })
}

/// Checks calls with arguments malformed by a model. They are texts in LangChain's form, too.
pub(super) fn invalid_tool_calls(path: &str, value: Value) -> Result<Value, ToolError> {
    let is_known = |member: &str| matches!(member, "args" | "error" | "id" | "name" | "type");
    entries(path, value, |path, call| {
        let is_loaded = call.iter().all(|(member, value)| is_known(member) && is_text_or_null(value));
        if is_loaded { Ok(call) } else { Err(wrong_value(path, SHAPE_OF_INVALID)) }
    })
}

/// A list of objects, each of them read.
fn entries(
    path: &str,
    value: Value,
    read: impl Fn(&str, Map<String, Value>) -> Result<Map<String, Value>, ToolError>,
) -> Result<Value, ToolError> {
    let Value::Array(calls) = value else { return Err(wrong_value(path, LISTED)) };
    let calls = calls.into_iter().enumerate().map(|(at, call)| match call {
        Value::Object(call) => read(&format!("{path}[{at}]"), call).map(Value::Object),
        _ => Err(wrong_value(path, LISTED)),
    });
    calls.collect()
}

/// A call of OpenAI's by LangChain's names.
fn of_openai(path: &str, call: Map<String, Value>) -> Result<Map<String, Value>, ToolError> {
    let mut named = Map::new();
    for (member, value) in call {
        match (member.as_str(), value) {
            ("function", Value::Object(function)) => named.extend(function.into_iter().map(renamed)),
            ("id", id) => drop(named.insert(member, id)),
            ("type", _) => {}
            _ => return Err(wrong_value(path, SHAPE)),
        }
    }
    named.insert("type".into(), "tool_call".into());
    Ok(named)
}

fn renamed((name, value): (String, Value)) -> (String, Value) {
    (if name == "arguments" { "args".into() } else { name }, value)
}

/// The arguments of a call, which may be the text of an object.
fn arguments(path: &str, given: Option<Value>) -> Result<Value, ToolError> {
    let read = match given {
        Some(Value::String(text)) => serde_json::from_str(&text).ok(),
        given => given,
    };
    read.filter(Value::is_object).ok_or_else(|| wrong_value(path, "a JSON object, or the text of one"))
}

fn is_text_or_null(value: &Value) -> bool {
    value.is_string() || value.is_null()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn calls_get_the_form_that_is_loaded() {
        for (given, expected) in [
            (
                json!({"id": "1", "type": "function", "function": {"name": "f", "arguments": "{\"a\":1}"}}),
                json!({"name": "f", "args": {"a": 1}, "id": "1", "type": "tool_call"}),
            ),
            (
                json!({"id": "1", "function": {"name": "f", "arguments": {"a": 1}}}),
                json!({"name": "f", "args": {"a": 1}, "id": "1", "type": "tool_call"}),
            ),
            (
                json!({"name": "f", "args": "{}", "id": null, "type": "function"}),
                json!({"name": "f", "args": {}, "id": null, "type": "tool_call"}),
            ),
            (json!({"name": "f", "args": {}, "id": "1"}), json!({"name": "f", "args": {}, "id": "1"})),
        ] {
            assert_eq!(tool_calls("c", json!([given])).unwrap(), json!([expected]), "{given}");
        }
    }

    #[test]
    fn what_is_wrong_in_a_call_is_named() {
        for (call, word) in [
            (json!("x"), "c must be a list of calls"),
            (json!({"name": "f", "args": {}}), "c[0].id must be a text"),
            (json!({"name": "f", "args": {}, "id": 1}), "c[0].id must be a text"),
            (json!({"args": {}, "id": "1"}), "c[0].name must be a text"),
            (json!({"name": "f", "id": "1"}), "c[0].args must be a JSON object"),
            (json!({"name": "f", "args": "{", "id": "1"}), "c[0].args must be a JSON object"),
            (json!({"name": "f", "args": [1], "id": "1"}), "c[0].args must be a JSON object"),
            (json!({"name": "f", "args": {}, "id": "1", "index": 0}), "c[0] must be {name, args, id}"),
            (json!({"id": "1", "function": "f"}), "c[0] must be {name, args, id}"),
            (json!({"id": "1", "name": "f", "function": {"name": "g"}}), "c[0] must be {name, args, id}"),
            (
                json!({"id": "1", "function": {"name": "f", "arguments": "[1]"}}),
                "c[0].args must be a JSON object",
            ),
        ] {
            let message = tool_calls("c", json!([call])).unwrap_err().message;
            assert!(message.starts_with(word), "{call}: {message}");
        }
        assert!(tool_calls("c", json!({})).unwrap_err().message.starts_with("c must be a list of calls"));
    }

    #[test]
    fn invalid_calls_are_of_texts() {
        let good = json!([{"name": "f", "args": "{", "id": null, "type": "invalid_tool_call"}]);
        assert_eq!(invalid_tool_calls("c", good.clone()).unwrap(), good);
        for call in [json!({"args": {}}), json!({"name": "f", "index": "0"})] {
            let message = invalid_tool_calls("c", json!([call])).unwrap_err().message;
            assert!(message.starts_with("c[0] must be an object with the texts"), "{message}");
        }
    }
}
