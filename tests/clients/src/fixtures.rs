//! The tools that the official conformance suite expects of a server: one for each kind of answer.
//!
//! The suite prescribes names, contents and behaviour. Tools that make requests to the client during a call are left
//! out, because ours never do; those that require its input before they go on are in `questions`.

mod jobs;
mod questions;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use mcp::toolset::{CallError, CallResult, Context, Descriptor, FixedTools, Output, Tool, Toolset, Toolsets};
use oauth::scope::{Scope, ScopeSet};
use rmcp::model::{CallToolResult, ContentBlock, ErrorCode, ErrorData, JsonObject, ResourceContents};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use std::sync::Arc;

/// One red pixel.
const PNG: &str =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";
/// Silence: a WAV header without samples.
const WAV: &str = "UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA=";
/// MCP 2026-07-28 `MissingRequiredClientCapability`.
const MISSING_CAPABILITY: i32 = -32021;

/// `tools`, followed by the suite's.
///
/// # Panics
/// If a tool has the name of one of the suite's.
pub fn with_fixtures(tools: FixedTools) -> Toolsets {
    let jobs = jobs::Jobs::default();
    let fixed = tools
        .with(jobs::Greet)
        .with(jobs::FailingJob(jobs.clone()))
        .with(Fixture::new("test_simple_text", |_| Ok(success(vec![text("A simple text for testing.")]))))
        .with(Fixture::new("test_image_content", |_| Ok(success(vec![image()]))))
        .with(Fixture::new("test_audio_content", |_| {
            Ok(success(vec![ContentBlock::audio(WAV, "audio/wav")]))
        }))
        .with(Fixture::new("test_embedded_resource", |_| {
            Ok(success(vec![ContentBlock::embedded_text(
                "test://embedded-resource",
                "An embedded resource.",
            )]))
        }))
        .with(Fixture::new("test_multiple_content_types", |_| {
            Ok(success(vec![text("Several kinds of content:"), image(), json_resource()]))
        }))
        .with(Fixture::new("test_error_handling", |_| {
            Ok(Output::content(CallToolResult::error(vec![text("This tool always fails.")])))
        }))
        .with(Fixture::new("test_missing_capability", missing_capability))
        .with(Fixture::new("test_streaming_elicitation", |_| Ok(success(vec![text("Asked nothing.")]))))
        .with(Fixture::new("test_logging_tool", |_| Ok(success(vec![text("Logged nothing.")]))))
        .with(Fixture {
            name: "json_schema_2020_12_tool",
            input: json_schema_2020_12(),
            answer: |_| Ok(success(vec![text("Accepted.")])),
        });
    let toolsets = with_set(Toolsets::from(fixed), "questions", &questions::TOOLS, questions::Questions);
    with_set(toolsets, "jobs", &jobs::TOOLS, jobs)
}

fn with_set(toolsets: Toolsets, name: &str, tools: &'static [&'static str], set: impl Toolset) -> Toolsets {
    match name.parse().map(|name| toolsets.with_plain(name, tools, set)) {
        Ok(Ok(toolsets)) => toolsets,
        other => panic!("the names of the suite's tools: {:?}", other.map(Result::err)),
    }
}

fn no_arguments() -> JsonObject {
    [("type".to_owned(), json!("object")), ("additionalProperties".to_owned(), json!(false))]
        .into_iter()
        .collect()
}

struct Fixture {
    name: &'static str,
    input: Value,
    answer: fn(&Context<'_>) -> CallResult,
}

impl Fixture {
    fn new(name: &'static str, answer: fn(&Context<'_>) -> CallResult) -> Self {
        Self { name, input: Value::Object(no_arguments()), answer }
    }
}

impl Tool for Fixture {
    fn descriptor(&self) -> Descriptor {
        let input: JsonObject = self.input.as_object().cloned().unwrap_or_default();
        Descriptor::new(self.name, "Answers as the conformance suite expects.", Arc::new(input))
    }

    fn scopes(&self, _arguments: Option<&RawValue>) -> ScopeSet {
        Scope::LangsmithRead.into()
    }

    fn call<'a>(&'a self, context: &'a Context<'a>, _: Option<&'a RawValue>) -> BoxFuture<'a, CallResult> {
        std::future::ready((self.answer)(context)).boxed()
    }
}

fn success(content: Vec<ContentBlock>) -> Output {
    Output::content(CallToolResult::success(content))
}

fn text(text: &str) -> ContentBlock {
    ContentBlock::text(text)
}

fn image() -> ContentBlock {
    ContentBlock::image(PNG, "image/png")
}

fn json_resource() -> ContentBlock {
    ContentBlock::resource(ResourceContents::TextResourceContents {
        uri: "test://mixed-content-resource".to_owned(),
        mime_type: Some("application/json".to_owned()),
        text: r#"{"test":"data"}"#.to_owned(),
        meta: None,
    })
}

/// A tool that requires `sampling`: the error if the client did not declare it.
fn missing_capability(context: &Context<'_>) -> CallResult {
    required(context, "/sampling", &json!({"sampling": {}}))?;
    Ok(success(vec![text("The client can sample.")]))
}

/// Whether the client has declared the capability at this place (RFC 6901).
fn declares(context: &Context<'_>, place: &str) -> bool {
    context.client_capabilities().is_some_and(|declared| {
        serde_json::from_str::<Value>(declared.get()).is_ok_and(|declared| declared.pointer(place).is_some())
    })
}

/// The error if the client did not declare the capability at this place.
fn required(context: &Context<'_>, place: &str, capabilities: &Value) -> Result<(), CallError> {
    if declares(context, place) {
        return Ok(());
    }
    let needed = json!({ "requiredCapabilities": capabilities });
    let code = ErrorCode(MISSING_CAPABILITY);
    Err(CallError::Protocol(ErrorData::new(
        code,
        "This tool needs a capability of the client.",
        Some(needed),
    )))
}

fn json_schema_2020_12() -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "$defs": {
            "address": {
                "$anchor": "addressDef",
                "type": "object",
                "properties": {"street": {"type": "string"}, "city": {"type": "string"}},
            },
        },
        "properties": {
            "name": {"type": "string"},
            "address": {"$ref": "#/$defs/address"},
            "contactMethod": {"type": "string", "enum": ["phone", "email"]},
            "phone": {"type": "string"},
            "email": {"type": "string"},
        },
        "allOf": [{"anyOf": [{"required": ["phone"]}, {"required": ["email"]}]}],
        "if": {"properties": {"contactMethod": {"const": "phone"}}, "required": ["contactMethod"]},
        "then": {"required": ["phone"]},
        "else": {"required": ["email"]},
        "additionalProperties": false,
    })
}
