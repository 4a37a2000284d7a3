//! The endpoint for the agents of one Agent Server, compared with the Agent Server's own `/mcp`.

use std::collections::BTreeSet;

use agents::{AgentServer, Options};
use e2e::mcp::{ask, bearer, call};
use e2e::{Login, World};
use langsmith_double::data;
use serde_json::{Value, json};

use crate::support::{Stage, world};

/// The tools that return to runs.
const RUNS: [&str; 3] = ["agent_run_result", "agent_run_cancel", "agent_resume"];

/// An access token of Ada for the resource at this path.
async fn token(world: &World, resource: &'static str) -> String {
    world.client().await.at(resource).connect(&world.browser(), Login::Key(data::ADA_KEY)).await.access
}

/// The base of the endpoint of the server called `name`.
fn alone(world: &World, name: &str) -> String {
    world.at(&format!("/agents/{name}"))
}

/// The tools of every page.
async fn tools(base: &str, token: &str) -> Vec<Value> {
    let (mut found, mut cursor) = (Vec::new(), Value::Null);
    loop {
        let params = if cursor.is_null() { json!({}) } else { json!({ "cursor": cursor }) };
        let answer = ask(base, bearer(token), "tools/list", params).await;
        let result = &answer.body["result"];
        found.extend(result["tools"].as_array().unwrap_or_else(|| panic!("{}", answer.body)).clone());
        cursor = result["nextCursor"].clone();
        if cursor.is_null() {
            return found;
        }
    }
}

fn names(tools: &[Value]) -> BTreeSet<&str> {
    tools.iter().map(|tool| tool["name"].as_str().unwrap()).collect()
}

async fn result(base: &str, token: &str, tool: &str, arguments: Value) -> Value {
    let answer = call(base, bearer(token), tool, arguments).await;
    assert!(answer.body["result"].is_object(), "{} {}", answer.status, answer.body);
    answer.body["result"]["structuredContent"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_names_are_those_of_the_servers_own_mcp() {
    let stage = Stage::with(Options::default(), ";auth=none").await;
    // Characters that are cleaned, a name that is too long for `/mcp`, and one of a tool of ours.
    for name in ["Bob Answer! é", &format!("long {}", "x".repeat(150)), "agent_resume"] {
        let new = json!({"graph_id": "echo", "name": name});
        stage.agents.ask("POST", "/assistants", None, Some(&new)).await;
    }
    let message = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}});
    let own = stage.agents.ask("POST", "/mcp", None, Some(&message)).await;
    let own = own["result"]["tools"].as_array().unwrap().clone();
    let token = token(&stage.world, "/agents/fixture/mcp").await;
    let ours = tools(&alone(&stage.world, "fixture"), &token).await;
    let (mut own_names, mut our_names) = (names(&own), names(&ours));
    for tool in RUNS {
        assert!(our_names.remove(tool), "{our_names:?}");
    }
    assert!(own_names.remove("agent_resume"), "{own_names:?}");
    let numbered: Vec<_> =
        our_names.iter().copied().filter(|name| name.starts_with("agent_resume_")).collect();
    assert_eq!(numbered.len(), 1, "{our_names:?}");
    our_names.remove(numbered[0]);
    assert_eq!(our_names, own_names);
    assert!(our_names.iter().any(|name| name.len() == 128), "{our_names:?}");
    for own in own.iter().filter(|own| own["name"] != "agent_resume") {
        let tool = ours.iter().find(|tool| tool["name"] == own["name"]).unwrap();
        for member in ["title", "inputSchema", "annotations"] {
            assert_eq!(tool[member], own[member], "{}: {member}", own["name"]);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_is_called_asks_and_is_answered_also_without_the_servers_own_mcp() {
    let stage = Stage::with(Options { without_mcp: true, ..Options::default() }, ";auth=none").await;
    let token = token(&stage.world, "/agents/fixture/mcp").await;
    let base = alone(&stage.world, "fixture");
    let done = result(&base, &token, "echo", json!({"question": "why?"})).await;
    assert_eq!(done, json!({"status": "completed", "output": {"answer": "You asked: why?"}}));
    let asked = result(&base, &token, "steered", json!({"ask": {"value": "go on?"}})).await;
    assert_eq!(asked["status"], "input_required", "{asked}");
    let mut answers = json!({});
    answers[asked["questions"][0]["id"].as_str().unwrap()] = json!("yes");
    let resumed =
        result(&base, &token, "agent_resume", json!({"handle": asked["handle"], "answers": answers})).await;
    assert_eq!((&resumed["status"], &resumed["output"]["answer"]), (&json!("completed"), &json!("yes")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handle_leads_to_runs_of_its_server_only() {
    let agents = AgentServer::start().await;
    let servers = ["one", "other"].map(|name| format!("{name}={};auth=none", agents.url()));
    let world = world(servers.into()).await;
    let (one, other) = (token(&world, "/agents/one/mcp").await, token(&world, "/agents/other/mcp").await);
    let asked = result(&alone(&world, "one"), &one, "steered", json!({"ask": {"value": "go on?"}})).await;
    let handle = json!({"handle": asked["handle"], "wait_seconds": 0});
    let refused = result(&alone(&world, "other"), &other, "agent_run_result", handle.clone()).await;
    assert_eq!(refused["kind"], "not_found", "{refused}");
    // It is good at the endpoint of its server and at that of all.
    let here = result(&alone(&world, "one"), &one, "agent_run_result", handle.clone()).await;
    assert_eq!(here["questions"][0]["id"], asked["questions"][0]["id"], "{here}");
    let whole = token(&world, "/mcp").await;
    let everywhere = result(world.url(), &whole, "agent_run_result", handle).await;
    assert_eq!(everywhere["questions"][0]["id"], asked["questions"][0]["id"], "{everywhere}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_for_all_opens_no_endpoint_of_one_server_and_a_disabled_one_is_not_found() {
    let agents = AgentServer::start().await;
    let servers = vec![
        format!("open={};auth=none", agents.url()),
        format!("closed={};auth=none;disable_mcp", agents.url()),
    ];
    let world = world(servers).await;
    let whole = token(&world, "/mcp").await;
    let refused = ask(&alone(&world, "open"), bearer(&whole), "tools/list", json!({})).await;
    assert_eq!(refused.status, 401, "{}", refused.body);
    let closed = token(&world, "/agents/closed/mcp").await;
    let gone = ask(&alone(&world, "closed"), bearer(&closed), "tools/list", json!({})).await;
    assert_eq!((gone.status.as_u16(), gone.body), (404, json!({"detail": "Not Found"})));
    let all = tools(world.url(), &whole).await;
    assert!(names(&all).contains("closed__echo"), "it stays a source of /mcp");
}
