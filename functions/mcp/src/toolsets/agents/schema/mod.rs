//! The input of an agent as the arguments of its tool.

mod effort;
mod parts;
mod subschemas;
mod validator;

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use agent_server::Schemas;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

pub(super) use self::validator::Validator;

use self::effort::Effort;
use self::parts::Unusable;
use crate::toolset::ToolError;

/// The names of LangChain's message types, each of which may also end in `Chunk`.
const MESSAGES: [&str; 6] =
    ["AIMessage", "HumanMessage", "ChatMessage", "SystemMessage", "FunctionMessage", "ToolMessage"];

/// Where a schema defines what it refers to.
const DEFINITIONS: &str = "#/$defs/";

/// What a tool shows in place of a schema that no client should be given.
const OPEN: &str =
    "The agent's own schema is too large or too intricate to be shown. The agent checks its input itself.";

/// The arguments of an agent's tool, and the members of its output.
pub(super) struct AgentSchema {
    input: Arc<Map<String, Value>>,
    /// Compiled when the agent is first called: a list needs none.
    validator: OnceLock<Option<Validator>>,
    outputs: Option<BTreeSet<String>>,
}

impl AgentSchema {
    /// The schema for those that the server names. An agent without an input schema, or with one that takes too much
    /// effort, takes any object.
    pub(super) fn new(schemas: Schemas) -> Self {
        let schema = Value::Object(simplified(schemas.input.unwrap_or_default()));
        let is_shown = !is_too_large(&schema);
        let input = match schema {
            Value::Object(input) if is_shown => input,
            _ => open(),
        };
        Self { input: Arc::new(input), validator: OnceLock::new(), outputs: outputs(schemas.output) }
    }

    /// Whether an input conforms to the schema.
    pub(super) fn check(&self, input: &RawValue) -> Result<(), ToolError> {
        let compiled = || Validator::new(&Value::Object(Map::clone(&self.input)));
        let Some(validator) = self.validator.get_or_init(compiled) else { return Ok(()) };
        let value: Value = serde_json::from_str(input.get())
            .map_err(|_| ToolError::invalid("The arguments cannot be read as JSON."))?;
        validator.check(&value).map_err(|problem| {
            ToolError::invalid(format!("The arguments do not conform to the agent's schema: {problem}"))
        })
    }

    pub(super) fn input(&self) -> Arc<Map<String, Value>> {
        Arc::clone(&self.input)
    }

    /// The names of the output's members, if the server names them.
    pub(super) fn outputs(&self) -> Option<&BTreeSet<String>> {
        self.outputs.as_ref()
    }
}

/// The schema of an answer as it is shown and checked: one that takes too much effort becomes one that any answer
/// conforms to.
pub(super) fn of_answer(schema: Value) -> Value {
    if is_too_large(&schema) { json!({}) } else { schema }
}

fn is_too_large(schema: &Value) -> bool {
    Effort::of(schema).err() == Some(Unusable::TooLarge)
}

fn open() -> Map<String, Value> {
    [("type".to_owned(), "object".into()), ("description".to_owned(), OPEN.into())].into_iter().collect()
}

fn outputs(schema: Option<Map<String, Value>>) -> Option<BTreeSet<String>> {
    let properties = schema?.remove("properties")?;
    Some(properties.as_object()?.keys().cloned().collect())
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
    }

    fn agent(schemas: Value) -> AgentSchema {
        AgentSchema::new(serde_json::from_value(schemas).unwrap())
    }

    fn problem(schema: &AgentSchema, input: &Value) -> Option<String> {
        schema.check(&serde_json::value::to_raw_value(input).unwrap()).err().map(|error| error.message)
    }

    #[test]
    fn an_agent_without_a_schema_takes_any_object() {
        for schemas in [json!({}), json!({"input_schema": null, "output_schema": null})] {
            let schema = agent(schemas);
            assert_eq!(*schema.input(), object(json!({"type": "object"})));
            assert_eq!((schema.outputs(), problem(&schema, &json!({"a": 1}))), (None, None));
        }
    }

    #[test]
    fn a_recursive_schema_is_checked() {
        let node = json!({"type": "object", "properties": {"next": {"$ref": "#/$defs/Node"}, "n": {"type": "integer"}}});
        let input = json!({"$defs": {"Node": node}, "properties": {"first": {"$ref": "#/$defs/Node"}}});
        let schema = agent(json!({ "input_schema": input }));
        assert_eq!(problem(&schema, &json!({"first": {"next": {"next": {"n": 1}}}})), None);
        let found = problem(&schema, &json!({"first": {"next": {"next": {"n": "1"}}}})).unwrap();
        assert!(found.ends_with(r#"/first/next/next/n: "1" is not of type "integer""#), "{found}");
    }

    #[test]
    fn a_large_schema_is_shown_and_checked() {
        let description = "a description of sixty characters, as people write them here";
        let fields: Map<String, Value> = (0..600)
            .map(|place| (format!("field_{place}"), json!({"type": "integer", "description": description})))
            .collect();
        let input = json!({"type": "object", "properties": fields});
        assert!(input.to_string().len() > 57_000);
        let schema = agent(json!({ "input_schema": input }));
        assert_eq!(*schema.input(), object(input));
        assert_eq!(problem(&schema, &json!({"field_599": 1})), None);
        assert!(problem(&schema, &json!({"field_599": "1"})).is_some());
    }

    #[test]
    fn a_schema_that_takes_too_much_effort_is_replaced_by_any_object() {
        let twice = |place: usize| {
            let next = json!({ "$ref": format!("#/$defs/{}", place + 1) });
            (place.to_string(), json!({"allOf": [next, next]}))
        };
        let mut definitions: Map<String, Value> = (0..40).map(twice).collect();
        definitions.insert("40".to_owned(), json!({"type": "object"}));
        let bomb = json!({"$defs": definitions, "$ref": "#/$defs/0"});
        let schema = agent(json!({ "input_schema": bomb }));
        assert_eq!(*schema.input(), open());
        assert_eq!(problem(&schema, &json!({"a": 1})), None);
        assert_eq!(of_answer(bomb), json!({}));
        let plain = json!({"type": "boolean"});
        assert_eq!(of_answer(plain.clone()), plain);
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
