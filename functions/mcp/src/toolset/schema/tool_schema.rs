//! Builds the JSON Schemas of the tools. No null unions: several model providers refuse tools with one.

use std::sync::Arc;

use rmcp::model::{JsonObject, ToolAnnotations};
use serde_json::{Value, json};

use crate::toolset::Descriptor;

/// One parameter: its name and its schema.
pub(crate) type Parameter = (&'static str, Value);

/// The names of parameters.
pub(crate) fn names(parameters: &[Parameter]) -> Vec<&'static str> {
    parameters.iter().map(|(name, _)| *name).collect()
}

/// The description of a reading tool.
pub(crate) fn reader(
    name: &'static str,
    title: &'static str,
    description: &'static str,
    input: JsonObject,
    output: JsonObject,
) -> Descriptor {
    let annotations = ToolAnnotations::with_title(title).read_only(true).destructive(false);
    describe(name, annotations, description, (input, output))
}

/// The effect of a write on existing data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Only adds.
    Adds,
    /// Replaces what the call names.
    Overwrites,
}

/// The description of a writing tool. Each of its calls may be repeated after a lost answer.
pub(crate) fn writer(
    (name, title): (&'static str, &'static str),
    effect: Effect,
    description: &'static str,
    input: JsonObject,
    output: JsonObject,
) -> Descriptor {
    let annotations =
        ToolAnnotations::with_title(title).read_only(false).destructive(effect == Effect::Overwrites);
    describe(name, annotations, description, (input, output))
}

fn describe(
    name: &'static str,
    annotations: ToolAnnotations,
    description: &'static str,
    (input, output): (JsonObject, JsonObject),
) -> Descriptor {
    let mut descriptor = Descriptor::new(name, description, Arc::new(input));
    descriptor.title.clone_from(&annotations.title);
    descriptor.output_schema = Some(Arc::new(output));
    descriptor.annotations = Some(annotations.idempotent(true).open_world(true));
    descriptor
}

/// An input schema; every tool also takes `workspace_id`.
pub(crate) fn input(required: &[&str], parameters: Vec<Parameter>) -> JsonObject {
    let workspace = text("Id from list_workspaces.");
    let properties: JsonObject = parameters
        .into_iter()
        .chain([("workspace_id", workspace)])
        .map(|(name, schema)| (name.to_owned(), schema))
        .collect();
    let mut schema = JsonObject::new();
    schema.insert("type".into(), "object".into());
    schema.insert("properties".into(), properties.into());
    if !required.is_empty() {
        schema.insert("required".into(), json!(required));
    }
    schema.insert("additionalProperties".into(), false.into());
    schema
}

/// An output schema: an object with these members, all of them always present. The members of a failed call are
/// allowed, too.
pub(crate) fn output(members: Vec<Parameter>) -> JsonObject {
    let properties: JsonObject =
        members.into_iter().map(|(name, schema)| (name.to_owned(), schema)).collect();
    let mut schema = JsonObject::new();
    schema.insert("type".into(), "object".into());
    schema.insert("properties".into(), properties.into());
    schema
}

pub(crate) fn text(description: &str) -> Value {
    json!({ "type": "string", "description": description })
}

pub(crate) fn text_or(default: &str, description: &str) -> Value {
    json!({ "type": "string", "default": default, "description": description })
}

pub(crate) fn integer(description: &str) -> Value {
    json!({ "type": "integer", "description": description })
}

pub(crate) fn integer_or(default: i64, description: &str) -> Value {
    json!({ "type": "integer", "default": default, "description": description })
}

pub(crate) fn number(description: &str) -> Value {
    json!({ "type": "number", "description": description })
}

/// An optional boolean: strict function calling can leave it open only with an empty text.
pub(crate) fn flag(description: &str) -> Value {
    json!({ "anyOf": [{ "type": "boolean" }, { "type": "string" }], "description": description })
}

pub(crate) fn flag_or(default: bool, description: &str) -> Value {
    json!({ "type": "boolean", "default": default, "description": description })
}

/// A list of texts that may also come as one text.
pub(crate) fn texts(description: &str) -> Value {
    json!({
        "anyOf": [{ "type": "string" }, { "type": "array", "items": { "type": "string" } }],
        "description": description,
    })
}

/// A JSON object, or its text. Strict function calling has no open objects: converters of schemas close them, so that
/// only `{}` fits, or give up strictness where an object is declared open. The text can carry everything either way.
pub(crate) fn object(description: &str) -> Value {
    json!({
        "anyOf": [{ "type": "object", "additionalProperties": true }, { "type": "string" }],
        "description": description,
    })
}

/// One of a few words.
pub(crate) fn choice(words: &[&str], description: &str) -> Value {
    json!({ "type": "string", "enum": words, "description": description })
}

/// One of a few words, or none: an `enum` would leave strict function calling without a form for none.
pub(crate) fn choice_or_none(words: &[&str], description: &str) -> Value {
    text(&format!("{description} One of {}.", words.join(", ")))
}

/// A list of objects.
pub(crate) fn objects(description: &str, members: Vec<Parameter>) -> Value {
    json!({ "type": "array", "description": description, "items": output(members) })
}

/// A nullable member: it has no type, because the union would be refused.
pub(crate) fn any(description: &str) -> Value {
    json!({ "description": description })
}
