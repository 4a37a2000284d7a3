//! `tools/list`: every tool described in full, and briefly.

use std::collections::BTreeMap;

use oauth::scope::Scope;
use serde_json::{Value, json};
use shared::mcp::scopes::TOOL_SCOPES;

use crate::support::Server;

/// The tools that write, and whether they replace existing data.
const WRITERS: [(&str, bool); 4] =
    [("push_prompt", true), ("create_dataset", false), ("update_examples", true), ("run_experiment", true)];

/// About 8,000 tokens of such JSON, which tests/clients counts.
const MAX_LIST: usize = 33_000;

#[tokio::test]
async fn the_descriptions_are_short() {
    let server = Server::start().await;
    let answer = server.legacy("ada", "tools/list", json!({})).await;
    let sizes: Vec<_> = answer.result()["tools"].as_array().unwrap().iter().map(size).collect();
    let excess = answer.body.len().saturating_sub(MAX_LIST);
    assert_eq!(excess, 0, "bytes above {MAX_LIST}; the tools have {sizes:?}");
}

/// The word for a scope in the table of docs/tools.md.
fn word(scope: Scope) -> &'static str {
    match scope {
        Scope::LangsmithRead => "read",
        Scope::LangsmithWrite => "write",
        Scope::LangsmithPublish => "publish",
        Scope::BillingRead => "billing",
        Scope::AgentsRun => "agents",
        Scope::ServersUse | Scope::ServersManage => "servers",
    }
}

#[test]
fn the_page_for_users_has_every_tool_with_its_scope() {
    let page = include_str!("../../../../../docs/tools.md");
    let table = page.lines().skip_while(|line| *line != "| Tool | Scope | What it does |").skip(2);
    let mut told = BTreeMap::new();
    for row in table.take_while(|line| line.starts_with('|')) {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        // What only some arguments need stands behind a semicolon.
        let (scope, more) = cells[2].split_once(';').unwrap_or((cells[2], ""));
        for tool in cells[1].split(", ").map(|tool| tool.trim_matches('`')) {
            assert!(told.insert(tool, scope).is_none(), "twice: {tool}");
            assert_eq!(more.contains("publish"), tool == "push_prompt", "{row}");
        }
    }
    assert_eq!(told, TOOL_SCOPES.map(|(tool, scope)| (tool, word(scope))).into());
}

fn size(tool: &Value) -> (String, usize) {
    (tool["name"].as_str().unwrap().to_owned(), tool.to_string().len())
}

#[tokio::test]
async fn the_tools_are_described_in_full() {
    let server = Server::start().await;
    let list = server.legacy("ada", "tools/list", json!({})).await.result();
    for tool in list["tools"].as_array().unwrap() {
        let name = &tool["name"];
        assert!(tool["title"].is_string() && tool["description"].is_string(), "{name}");
        let hints = &tool["annotations"];
        let writes = WRITERS.iter().any(|(writer, _)| name == writer);
        let overwrites = WRITERS.contains(&(name.as_str().unwrap(), true));
        assert_eq!(
            (&hints["readOnlyHint"], &hints["destructiveHint"]),
            (&json!(!writes), &json!(overwrites)),
            "{name}"
        );
        assert_eq!(
            (&hints["idempotentHint"], &hints["openWorldHint"]),
            (&json!(true), &json!(true)),
            "{name}"
        );
        assert_eq!(tool["inputSchema"]["additionalProperties"], false, "{name}");
        assert_eq!(tool["outputSchema"]["type"], "object", "{name}");
        assert_described(&tool["inputSchema"], name);
        assert!(tool["inputSchema"]["properties"]["workspace_id"].is_object(), "{name}");
    }
    insta::assert_json_snapshot!(list);
}

/// Every property has a description, including those of list entries.
fn assert_described(schema: &Value, place: &Value) {
    for (parameter, inner) in schema["properties"].as_object().into_iter().flatten() {
        let place = json!(format!("{place}.{parameter}"));
        assert!(inner["description"].as_str().is_some_and(|text| text.len() > 4), "{place}");
        assert_described(inner, &place);
    }
    let lists = ["anyOf", "oneOf", "allOf"].into_iter().filter_map(|name| schema[name].as_array()).flatten();
    lists.chain(schema.get("items")).for_each(|inner| assert_described(inner, place));
}

#[tokio::test]
async fn no_schema_has_a_null_union() {
    fn assert_no_null(value: &Value) {
        match value {
            Value::Object(members) => {
                assert!(!members.get("type").is_some_and(Value::is_array), "{value}");
                assert_ne!(members.get("type"), Some(&json!("null")), "{value}");
                members.values().for_each(assert_no_null);
            }
            Value::Array(items) => items.iter().for_each(assert_no_null),
            other => assert!(!other.is_null(), "a null default"),
        }
    }
    let server = Server::start().await;
    assert_no_null(&server.legacy("ada", "tools/list", json!({})).await.result());
}
