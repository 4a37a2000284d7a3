//! A prompt in the form of LangChain's libraries, member for member, so that pushing the same prompt from a library
//! changes nothing.

use std::collections::BTreeSet;

use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use super::constructor::named_constructor;
use super::message::{LangChainMessage, Template};
use super::stored::kwargs;
use crate::json::canonical::canonical;

/// A chat prompt. `kept` is the prompt whose other members go into it; `before` are the variables of that prompt's
/// optional placeholders.
pub(crate) fn chat(
    messages: Vec<LangChainMessage>,
    kept: Option<&Value>,
    before: &BTreeSet<String>,
) -> Value {
    let optional: BTreeSet<String> = messages.iter().filter_map(|message| message.optional.clone()).collect();
    let mut members = kept.and_then(kwargs).cloned().unwrap_or_default();
    let mut filled = filled(&members);
    filled.retain(|name, _| optional.contains(name) || !before.contains(name));
    for name in &optional {
        filled.entry(name.clone()).or_insert_with(|| json!([]));
    }
    let needed: BTreeSet<&String> = messages
        .iter()
        .flat_map(|message| &message.variables)
        .filter(|name| !optional.contains(*name) && !filled.contains_key(*name))
        .collect();
    members.insert("input_variables".into(), json!(needed));
    put(&mut members, "optional_variables", (!optional.is_empty()).then(|| json!(optional)), json!([]));
    put(&mut members, "partial_variables", (!filled.is_empty()).then_some(filled.into()), json!({}));
    members.insert("messages".into(), messages.into_iter().map(|message| message.manifest).collect());
    with(members, kept, || {
        named_constructor(["langchain", "prompts", "chat"], "ChatPromptTemplate", &Value::Null)
    })
}

/// A prompt of one text.
pub(crate) fn text(template: &Template, kept: Option<&Value>) -> Value {
    let mut members = kept.and_then(kwargs).cloned().unwrap_or_default();
    let filled = filled(&members);
    let needed: BTreeSet<&String> =
        template.variables.iter().filter(|name| !filled.contains_key(*name)).collect();
    members.insert("input_variables".into(), json!(needed));
    members.insert("template".into(), template.text.as_str().into());
    members.insert("template_format".into(), template.language.name().into());
    with(members, kept, || {
        named_constructor(["langchain", "prompts", "prompt"], "PromptTemplate", &Value::Null)
    })
}

/// The filled-in variables of a prompt.
fn filled(members: &Map<String, Value>) -> Map<String, Value> {
    members.get("partial_variables").and_then(Value::as_object).cloned().unwrap_or_default()
}

/// Sets a member; to its empty value only if it already exists.
fn put(members: &mut Map<String, Value>, name: &str, value: Option<Value>, empty: Value) {
    if let Some(value) = value {
        members.insert(name.into(), value);
    } else if let Some(there) = members.get_mut(name) {
        *there = empty;
    }
}

/// The kept object, or else a new one, with these members.
fn with(members: Map<String, Value>, kept: Option<&Value>, new: impl FnOnce() -> Value) -> Value {
    let mut object = kept.cloned().unwrap_or_else(new);
    if let Some(object) = object.as_object_mut() {
        object.insert("kwargs".into(), members.into());
    }
    object
}

/// Whether a stored manifest equals ours. The order of members does not count, because LangSmith does not keep it.
pub(crate) fn is_same(stored: &RawValue, ours: &RawValue) -> bool {
    // Escapes make JSON at most six times as long, so a much longer one cannot be equal.
    stored.get().len() <= 8 * ours.get().len() + 1024 && canonical(stored) == canonical(ours)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::toolsets::langsmith::prompts::prompt_template::Language;
    use crate::toolsets::langsmith::prompts::push_prompt::merge::message::Message;

    fn raw(json: &str) -> Box<RawValue> {
        RawValue::from_string(json.to_owned()).unwrap()
    }

    fn message(json: &Value) -> LangChainMessage {
        Message::read(&raw(&json.to_string()), 0, Language::FString).unwrap().write()
    }

    fn messages() -> Vec<LangChainMessage> {
        vec![
            message(&json!({"role": "system", "content": "{b}"})),
            message(&json!({"role": "placeholder", "variable_name": "h", "optional": true})),
            message(&json!({"role": "placeholder", "variable_name": "must"})),
        ]
    }

    #[test]
    fn a_chat_prompt_lists_what_it_needs() {
        let manifest = chat(messages(), None, &BTreeSet::new());
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
        let plain = chat(messages()[..1].to_vec(), None, &BTreeSet::new());
        assert_eq!(plain["kwargs"].as_object().unwrap().len(), 2);
    }

    #[test]
    fn what_is_kept_is_not_needed() {
        let kwargs = json!({"messages": [], "schema_": {"title": "T"}, "optional_variables": ["old"],
            "partial_variables": {"b": "filled", "old": [], "other": 1}});
        let kept = json!({"lc": 1, "type": "constructor", "id": ["x", "StructuredPrompt"], "kwargs": kwargs});
        let before = ["old".to_owned()].into();
        let manifest = chat(messages(), Some(&kept), &before);
        assert_eq!((&manifest["id"], &manifest["kwargs"]["schema_"]), (&kept["id"], &json!({"title": "T"})));
        assert_eq!(manifest["kwargs"]["input_variables"], json!(["must"]));
        assert_eq!(manifest["kwargs"]["partial_variables"], json!({"b": "filled", "h": [], "other": 1}));
        let plain = chat(Vec::new(), Some(&kept), &before);
        assert_eq!(plain["kwargs"]["optional_variables"], json!([]));
        assert_eq!(plain["kwargs"]["partial_variables"], json!({"b": "filled", "other": 1}));
    }

    #[test]
    fn the_order_of_members_does_not_count() {
        let ours = raw(r#"{"a":1,"b":"é"}"#);
        assert!(is_same(&raw(r#"{"b":"\u00e9","a":1.0}"#), &ours));
        assert!(!is_same(&raw(r#"{"b":"e","a":1}"#), &ours));
        assert!(!is_same(&raw(&format!("{{\"b\":\"{}\"}}", "x".repeat(5_000))), &ours));
    }
}
