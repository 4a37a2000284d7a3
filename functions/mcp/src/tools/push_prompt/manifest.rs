//! A prompt in the form that LangChain's libraries write, member for member, so that pushing the same prompt from a library
//! changes nothing.

use std::collections::BTreeSet;

use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use super::message::Message;
use crate::tools::ToolError;
use crate::tools::args::wrong;
use crate::tools::pagination::{MAX_DEPTH, is_deep};
use crate::tools::prompt_template::Language;

/// A chat prompt.
pub(super) fn chat(messages: &[Message], language: Language) -> Value {
    let optional: BTreeSet<&str> = messages.iter().filter_map(Message::optional).collect();
    let needed: BTreeSet<&str> = messages.iter().flat_map(Message::variables).collect();
    let needed: BTreeSet<&str> = needed.difference(&optional).copied().collect();
    let mut kwargs = Map::new();
    kwargs.insert("input_variables".into(), json!(needed));
    if !optional.is_empty() {
        kwargs.insert("optional_variables".into(), json!(optional));
        let empty: Map<String, Value> = optional.iter().map(|name| ((*name).to_owned(), json!([]))).collect();
        kwargs.insert("partial_variables".into(), empty.into());
    }
    kwargs.insert("messages".into(), messages.iter().map(|message| message.manifest(language)).collect());
    named(["langchain", "prompts", "chat"], "ChatPromptTemplate", &kwargs.into())
}

/// A prompt of one text.
pub(super) fn template(text: &str, variables: &BTreeSet<String>, language: Language) -> Value {
    let kwargs = json!({"input_variables": variables, "template": text, "template_format": language.name()});
    named(["langchain", "prompts", "prompt"], "PromptTemplate", &kwargs)
}

/// An object of a class.
pub(super) fn constructor([first, second, third]: [&str; 3], class: &str, kwargs: &Value) -> Value {
    json!({"lc": 1, "type": "constructor", "id": [first, second, third, class], "kwargs": kwargs})
}

fn named(path: [&str; 3], class: &str, kwargs: &Value) -> Value {
    let mut object = constructor(path, class, kwargs);
    if let Some(members) = object.as_object_mut() {
        members.insert("name".into(), class.into());
    }
    object
}

/// The argument `manifest`, looked at only as far as LangSmith does.
pub(super) fn given(raw: &RawValue) -> Result<Value, ToolError> {
    if is_deep(raw.get()) {
        return Err(wrong("manifest", &format!("nested at most {MAX_DEPTH} levels deep")));
    }
    // What is left are halves of surrogate pairs and numbers beyond all types.
    let value: Value = serde_json::from_str(raw.get())
        .map_err(|_| wrong("manifest", "JSON without broken characters and with numbers of usual size"))?;
    let path = value.get("id").and_then(Value::as_array);
    let is_object = path.is_some_and(|path| !path.is_empty() && path.iter().all(Value::is_string))
        && value.get("lc") == Some(&json!(1))
        && value.get("type") == Some(&json!("constructor"))
        && value.get("kwargs").is_some_and(Value::is_object);
    if is_object {
        return Ok(value);
    }
    let shape = "a LangChain object: {\"lc\": 1, \"type\": \"constructor\", \"id\": [path and class], \"kwargs\": {…}}";
    Err(wrong("manifest", shape))
}

/// Whether a stored manifest is this one. The order of members does not count, because LangSmith does not keep it.
pub(super) fn is_same(stored: &RawValue, ours: &Value, size: usize) -> bool {
    // Escapes make JSON at most six times as long, so one that is much longer need not be parsed.
    stored.get().len() <= 8 * size + 1024
        && serde_json::from_str::<Value>(stored.get()).is_ok_and(|stored| stored == *ours)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(json: &str) -> Box<RawValue> {
        RawValue::from_string(json.to_owned()).unwrap()
    }

    fn message(json: &Value) -> Message {
        Message::read(&raw(&json.to_string()), 0, Language::FString).unwrap()
    }

    #[test]
    fn a_chat_prompt_lists_what_it_needs() {
        let messages = [
            message(&json!({"role": "system", "content": "{b}"})),
            message(&json!({"role": "placeholder", "variable_name": "h", "optional": true})),
            message(&json!({"role": "placeholder", "variable_name": "must"})),
        ];
        let manifest = chat(&messages, Language::FString);
        assert_eq!(manifest["id"], json!(["langchain", "prompts", "chat", "ChatPromptTemplate"]));
        assert_eq!(manifest["name"], "ChatPromptTemplate");
        let kwargs = &manifest["kwargs"];
        assert_eq!(
            (&kwargs["input_variables"], &kwargs["optional_variables"]),
            (&json!(["b", "must"]), &json!(["h"]))
        );
        assert_eq!(
            (&kwargs["partial_variables"], kwargs["messages"].as_array().unwrap().len()),
            (&json!({"h": []}), 3)
        );
        let plain = chat(&messages[..1], Language::Mustache);
        assert_eq!(plain["kwargs"].as_object().unwrap().len(), 2);
    }

    #[test]
    fn a_given_manifest_is_an_object_of_a_class() {
        let good = json!({"lc": 1, "type": "constructor", "id": ["a", "B"], "kwargs": {}});
        assert_eq!(given(&raw(&good.to_string())).unwrap(), good);
        for (member, value) in [
            ("lc", json!(2)),
            ("type", json!("secret")),
            ("id", json!([])),
            ("id", json!([1])),
            ("kwargs", json!(1)),
        ] {
            let mut bad = good.clone();
            bad[member] = value;
            assert!(given(&raw(&bad.to_string())).unwrap_err().message.contains("LangChain object"), "{bad}");
        }
        for bad in [r#"{"a":"\ud83d"}"#, r#"{"a":1e999}"#] {
            assert!(given(&raw(bad)).unwrap_err().message.contains("broken"), "{bad}");
        }
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(5_000), "]".repeat(5_000));
        assert!(given(&raw(&deep)).unwrap_err().message.contains("100 levels"));
    }

    #[test]
    fn the_order_of_members_does_not_count() {
        let ours = json!({"a": 1, "b": "é"});
        let size = ours.to_string().len();
        assert!(is_same(&raw("{\"b\":\"\\u00e9\",\"a\":1}"), &ours, size));
        assert!(!is_same(&raw("{\"b\":\"e\",\"a\":1}"), &ours, size));
        assert!(!is_same(&raw(&format!("{{\"b\":\"{}\"}}", "x".repeat(5_000))), &ours, size));
    }
}
