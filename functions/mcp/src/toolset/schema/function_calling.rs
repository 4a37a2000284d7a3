//! The subset of JSON Schema that vendors' function calling and clients' converters accept in an input schema. One
//! keyword that one of them refuses costs all tools, or the whole request. Checked here, each with a public source:
//!
//! - The root is an object with properties, without `anyOf`, `oneOf`, `allOf` (Anthropic: zereight/gitlab-mcp#552;
//!   Gemini: pipecat-ai/pipecat-flows#110).
//! - Every member has a type, as one word, or is an `anyOf` of members that have (`AutoGen`: `_json_to_pydantic.py` in
//!   microsoft/autogen, which takes an `anyOf` without a type beside it; Vertex AI: google-gemini/gemini-cli#4400;
//!   griptape: griptape-ai/griptape#2031). None is `null`.
//! - An array has typed items (VS Code: microsoft/vscode#246119; `AutoGen`: microsoft/autogen#6152).
//! - No `$ref`, `$defs`, `oneOf`, `allOf`, `not`, `const`, `format`, `pattern` and no bounds (Gemini:
//!   anomalyco/opencode#12295 and #14234; OpenAI's strict mode: posit-dev/chatlas#255; Anthropic's: `minItems` above 1
//!   and `maxItems` are refused, docs.claude.com, structured outputs, JSON Schema limitations).
//! - Values of an `enum` are non-empty texts (Gemini: sbroenne/mcp-server-excel#607, router-for-me/CLIProxyAPI#1076).
//! - A default has the type of its member; a null one says nothing (OpenAI's Agents SDK strips it, `strict_schema.py`).
//! - Names of arguments are of `[a-zA-Z0-9_.-]`, at most 64 (Anthropic); names of tools begin with a letter, have
//!   letters, digits and `_`, and stay short: Gemini and OpenAI refuse others, and Cursor drops a tool whose name has
//!   more than 60 characters together with its server's (composio#2788, microsoft/vscode#243602, open-multi-agent#89).
//! - A description of a tool has at most 1024 characters (OpenAI: probelabs/probe#9; Claude Code cuts at 2048:
//!   anthropics/claude-code#41593).
//!
//! Known and accepted: Gemini's older API knows no `additionalProperties` (promptfoo/promptfoo#6902), and Vertex AI no
//! `anyOf` with other keywords beside it (BerriAI/litellm#11164, anomalyco/opencode#15795) or without a type. Their
//! clients rewrite both, because the schemas of the MCP SDKs are full of them. Without `anyOf`, an open object would be
//! lost where objects are closed, and one given as an object would be refused where it is declared as text.

use crate::toolsets::langsmith::tools;
use serde_json::{Map, Value};

/// The permitted keywords of a schema.
const KEYWORDS: [&str; 8] =
    ["additionalProperties", "anyOf", "default", "description", "enum", "items", "properties", "type"];

const TYPES: [&str; 6] = ["array", "boolean", "integer", "number", "object", "string"];

/// The maximum depth of schemas, in levels: OpenAI's strict mode once took five.
const MAX_LEVELS: usize = 5;

/// Checks the schema of a member, and those in it.
fn check(at: &str, schema: &Value, levels: usize) {
    let members = schema.as_object().unwrap_or_else(|| panic!("{at} is no object: {schema}"));
    assert!(levels <= MAX_LEVELS, "{at} nests too deeply");
    for keyword in members.keys() {
        assert!(KEYWORDS.contains(&keyword.as_str()), "{at} has {keyword}");
    }
    match (members.get("type"), members.get("anyOf")) {
        (Some(kind), None) => check_typed(at, kind, members, levels),
        (None, Some(forms)) => {
            let forms = forms.as_array().unwrap();
            assert!(forms.len() > 1 && !members.contains_key("default"), "{at}");
            for (index, form) in forms.iter().enumerate() {
                assert!(form.get("type").is_some(), "{at} has a form without a type");
                check(&format!("{at}.anyOf[{index}]"), form, levels);
            }
        }
        _ => panic!("{at} must have either a type or forms: {schema}"),
    }
}

fn check_typed(at: &str, kind: &Value, members: &Map<String, Value>, levels: usize) {
    let kind = kind.as_str().unwrap_or_else(|| panic!("{at} has more than one type"));
    assert!(TYPES.contains(&kind), "{at} is of type {kind}");
    let only_of = [
        ("items", "array"),
        ("properties", "object"),
        ("additionalProperties", "object"),
        ("enum", "string"),
    ];
    for (keyword, owner) in only_of {
        assert!(kind == owner || !members.contains_key(keyword), "{at} is no {owner} and has {keyword}");
    }
    if kind == "array" {
        let items = members.get("items").unwrap_or_else(|| panic!("{at} has no items"));
        assert!(items.get("type").is_some(), "{at} has items without a type");
        check(&format!("{at}[]"), items, levels + 1);
    }
    if let Some(properties) = members.get("properties") {
        check_properties(at, properties, levels);
    }
    assert!(members.get("additionalProperties").is_none_or(Value::is_boolean), "{at}");
    if let Some(words) = members.get("enum") {
        let words = words.as_array().unwrap();
        assert!(
            !words.is_empty() && words.iter().all(|word| word.as_str().is_some_and(|word| !word.is_empty())),
            "{at}"
        );
    }
    if let Some(default) = members.get("default") {
        let fits = match kind {
            "boolean" => default.is_boolean(),
            "integer" => default.is_i64(),
            "string" => default.is_string(),
            _ => false,
        };
        assert!(fits, "{at} is {kind}, and {default} when absent");
    }
}

fn check_properties(at: &str, properties: &Value, levels: usize) {
    for (name, schema) in properties.as_object().unwrap() {
        let is_known = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
        assert!((1..=64).contains(&name.len()) && name.bytes().all(is_known), "{at}.{name}");
        assert!(schema["description"].is_string(), "{at}.{name} is not described");
        check(&format!("{at}.{name}"), schema, levels + 1);
    }
}

#[test]
fn no_vendor_refuses_a_schema() {
    for tool in tools().descriptors() {
        let (name, mut root) = (&*tool.name, (*tool.input_schema).clone());
        let required = root.remove("required");
        assert!(root["properties"].as_object().is_some_and(|properties| !properties.is_empty()), "{name}");
        for required in required.iter().flat_map(|names| names.as_array().unwrap()) {
            assert!(
                root["properties"].get(required.as_str().unwrap()).is_some(),
                "{name} requires {required}"
            );
        }
        assert_eq!(root["type"], "object", "{name}");
        check(name, &Value::Object(root), 1);
    }
}

#[test]
fn no_vendor_refuses_a_name_or_a_description() {
    for tool in tools().descriptors() {
        let name = &*tool.name;
        assert!(name.starts_with(|c: char| c.is_ascii_lowercase()), "{name}");
        assert!(name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'), "{name}");
        // With the name of the server and a separator.
        assert!("langsmith".len() + 1 + name.len() <= 50, "{name}");
        let description = tool.description.as_deref().unwrap_or_default();
        assert!((1..=1024).contains(&description.chars().count()), "{name}: {}", description.len());
    }
}

/// A value for storage may also come as text: where open objects are closed, an object would arrive empty.
#[test]
fn open_objects_may_come_as_text() {
    fn open(at: &str, schema: &Value, found: &mut Vec<String>) {
        let forms: Vec<&Value> = schema["anyOf"].as_array().into_iter().flatten().collect();
        if forms.iter().any(|form| form["type"] == "object") {
            assert!(forms.iter().any(|form| form["type"] == "string"), "{at}");
            found.push(at.to_owned());
        }
        assert!(
            schema["type"] != "object" || schema["properties"].is_object(),
            "{at} is an open object only"
        );
        let properties = schema["properties"].as_object().into_iter().flatten();
        properties.for_each(|(name, inner)| open(&format!("{at}.{name}"), inner, found));
        schema.get("items").into_iter().for_each(|items| open(&format!("{at}[]"), items, found));
    }
    let mut found = Vec::new();
    for tool in tools().descriptors() {
        open(&tool.name, &Value::Object((*tool.input_schema).clone()), &mut found);
    }
    for place in [
        "create_dataset.examples[].inputs",
        "create_dataset.examples[].outputs",
        "create_dataset.inputs_schema",
        "push_prompt.manifest",
        "run_experiment.metadata",
        "run_experiment.results[].outputs",
        "run_experiment.results[].scores",
        "update_examples.metadata",
        "update_examples.updates[].inputs",
    ] {
        assert!(found.iter().any(|found| found == place), "{place}: {found:?}");
    }
}
