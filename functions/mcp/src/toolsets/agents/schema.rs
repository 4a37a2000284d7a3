//! The input of an agent as the arguments of its tool.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use super::validator::Validator;
use crate::toolset::ToolError;

/// The names of LangChain's message types, each of which may also end in `Chunk`.
const MESSAGES: [&str; 6] =
    ["AIMessage", "HumanMessage", "ChatMessage", "SystemMessage", "FunctionMessage", "ToolMessage"];

/// Where a schema defines what it refers to.
const DEFINITIONS: &str = "#/$defs/";

/// The arguments of an agent's tool.
pub(super) struct AgentSchema {
    input: Arc<Map<String, Value>>,
    validator: Option<Validator>,
}

impl AgentSchema {
    /// The schema for the input schema that the server names; without one, any object.
    pub(super) fn new(input: Option<Map<String, Value>>) -> Self {
        let input = simplified(input.unwrap_or_default());
        let validator = Validator::new(&Value::Object(input.clone()));
        Self { input: Arc::new(input), validator }
    }

    /// Whether an input conforms to the schema.
    pub(super) fn check(&self, input: &RawValue) -> Result<(), ToolError> {
        let Some(validator) = &self.validator else { return Ok(()) };
        let value: Value = serde_json::from_str(input.get())
            .map_err(|_| ToolError::invalid("The arguments cannot be read as JSON."))?;
        validator.check(&value).map_err(|problem| {
            ToolError::invalid(format!("The arguments do not conform to the agent's schema: {problem}"))
        })
    }

    pub(super) fn input(&self) -> Arc<Map<String, Value>> {
        Arc::clone(&self.input)
    }
}

/// The arguments as the input of a graph, which is an object.
pub(super) fn input_of(arguments: Option<&RawValue>) -> Result<Box<RawValue>, ToolError> {
    let text = arguments.map_or("{}", RawValue::get);
    let wrong = || ToolError::invalid("arguments must be an object.");
    if !text.trim_start().starts_with('{') {
        return Err(wrong());
    }
    RawValue::from_string(text.to_owned()).map_err(|_| wrong())
}

/// The schema as the Agent Server's own `/mcp` has it: a list of messages becomes a text, which a graph takes as the
/// person's message, and the definitions that nothing needs any more are left out: 57 KB for one property.
fn simplified(mut schema: Map<String, Value>) -> Map<String, Value> {
    schema.entry("type").or_insert_with(|| "object".into());
    let mut is_changed = false;
    if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) {
        for (name, property) in properties.iter_mut().filter(|(_, property)| is_of_messages(property)) {
            let title = property.get("title").cloned().unwrap_or_else(|| name.clone().into());
            let description = "The user message to send to the agent.";
            *property = json!({"type": "string", "title": title, "description": description});
            is_changed = true;
        }
    }
    if is_changed {
        drop_unused(&mut schema);
    }
    schema
}

fn is_of_messages(property: &Value) -> bool {
    let items = property.get("items").filter(|_| property.get("type").is_some_and(|of| of == "array"));
    let kinds = items.and_then(|items| items.get("oneOf").or_else(|| items.get("anyOf"))?.as_array());
    kinds.is_some_and(|kinds| kinds.iter().filter_map(definition).any(is_message))
}

fn is_message(name: &str) -> bool {
    MESSAGES.contains(&name.strip_suffix("Chunk").unwrap_or(name))
}

/// The definition that a schema refers to.
fn definition(schema: &Value) -> Option<&str> {
    schema.get("$ref")?.as_str()?.strip_prefix(DEFINITIONS)
}

fn drop_unused(schema: &mut Map<String, Value>) {
    let Some(Value::Object(definitions)) = schema.remove("$defs") else { return };
    let mut used = BTreeSet::new();
    let mut pending: Vec<&Value> = schema.values().collect();
    while let Some(value) = pending.pop() {
        if let Some(name) = definition(value)
            && used.insert(name.to_owned())
        {
            pending.extend(definitions.get(name));
        }
        match value {
            Value::Array(items) => pending.extend(items),
            Value::Object(members) => pending.extend(members.values()),
            _ => {}
        }
    }
    let kept: Map<String, Value> = definitions.into_iter().filter(|(name, _)| used.contains(name)).collect();
    if !kept.is_empty() {
        schema.insert("$defs".to_owned(), Value::Object(kept));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(value: Value) -> Map<String, Value> {
        let Value::Object(members) = value else { panic!("an object") };
        members
    }

    #[test]
    fn messages_become_one_text_and_take_their_definitions_along() {
        let message = |name: &str| json!({"$ref": format!("#/$defs/{name}")});
        let schema = simplified(object(json!({
            "$defs": {
                "AIMessage": {"properties": {"usage": message("UsageMetadata")}},
                "HumanMessageChunk": {},
                "UsageMetadata": {},
                "Kept": {"items": message("AlsoKept")},
                "AlsoKept": {"properties": {"again": message("Kept")}},
            },
            "properties": {
                "messages": {"title": "Messages", "type": "array", "items": {"oneOf": [message("HumanMessageChunk"), message("AIMessage")]}},
                "other": message("Kept"),
            },
        })));
        let text = json!({"type": "string", "title": "Messages", "description": "The user message to send to the agent."});
        assert_eq!(schema["properties"], json!({"messages": text, "other": message("Kept")}));
        assert_eq!(schema["$defs"].as_object().unwrap().keys().collect::<Vec<_>>(), ["AlsoKept", "Kept"]);
        assert_eq!(schema["type"], "object");
    }

    #[test]
    fn other_schemas_stay_as_they_are() {
        for schema in [
            json!({"type": "object", "$defs": {"Unused": {}}, "properties": {"a": {"type": "array", "items": {"$ref": "#/$defs/Unused"}}}}),
            json!({"type": "object", "properties": {"m": {"type": "array", "items": {"oneOf": [{"$ref": "#/$defs/Step"}]}}}, "$defs": {"Step": {}}}),
            json!({"type": "object"}),
        ] {
            assert_eq!(Value::Object(simplified(object(schema.clone()))), schema);
        }
        assert_eq!(*AgentSchema::new(None).input(), object(json!({"type": "object"})));
    }

    #[test]
    fn an_input_is_an_object() {
        assert_eq!(input_of(None).unwrap().get(), "{}");
        let given: &RawValue = serde_json::from_str("{\"a\":[1]}").unwrap();
        assert_eq!(input_of(Some(given)).unwrap().get(), given.get());
        for text in ["[]", "null", "\"{}\"", "1"] {
            assert!(input_of(Some(serde_json::from_str(text).unwrap())).is_err(), "{text}");
        }
    }
}
