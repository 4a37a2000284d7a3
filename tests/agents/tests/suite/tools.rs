//! The list of agents, compared with the Agent Server's own `/mcp`.

use agents::Options;
use axum::routing::{get, post};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Stage, result};

/// The tools of the Agent Server's own `/mcp`.
async fn own_tools(stage: &Stage) -> Vec<Value> {
    let message = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}});
    let answer = stage.agents.ask("POST", "/mcp", None, Some(&message)).await;
    answer["result"]["tools"].as_array().unwrap().clone()
}

/// The names of the tools that `setting` leaves.
async fn names(setting: &str) -> Vec<String> {
    let stage = Stage::with(Options::default(), setting).await;
    let new = json!({"graph_id": "echo", "name": "Untitled", "metadata": {"team": "red"}});
    for _ in 0..2 {
        stage.agents.ask("POST", "/assistants", None, Some(&new)).await;
    }
    let token = stage.ada().await;
    let mut names: Vec<_> =
        stage.tools(&token).await.iter().map(|tool| tool["name"].as_str().unwrap().to_owned()).collect();
    names.sort();
    names
}

#[tokio::test(flavor = "multi_thread")]
async fn the_operator_selects_agents_by_graph_and_by_metadata() {
    assert_eq!(names(";auth=none;allow=c*|echo;deny=echo|caller").await, ["fixture__chat"]);
    let red = names(";auth=none;meta.team=red").await;
    assert_eq!(red.len(), 2, "{red:?}");
    assert!(red.iter().all(|name| name.starts_with("fixture__Untitled_")), "{red:?}");
}

/// More than a page of the Agent Server's search, and of ours.
#[tokio::test(flavor = "multi_thread")]
async fn more_than_a_hundred_agents_are_listed_and_called() {
    let stage = Stage::with(Options::default(), ";auth=none").await;
    for number in 0..115 {
        let new = json!({"graph_id": "echo", "name": format!("Clerk {number}")});
        stage.agents.ask("POST", "/assistants", None, Some(&new)).await;
    }
    let token = stage.ada().await;
    let (found, missing) = crate::support::tools(&stage.world, &token).await;
    let mut names: Vec<&str> = found.iter().map(|tool| tool["name"].as_str().unwrap()).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!((names.len(), &missing), (119, &Value::Null), "{names:?}");
    let called = stage.call(&token, "Clerk_114", json!({"question": "why?"})).await;
    assert_eq!(called["structuredContent"]["output"]["answer"], "You asked: why?", "{called}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_down_costs_only_its_own_tools() {
    let stage = Stage::with(Options::default(), ";auth=none,http://127.0.0.1:9").await;
    let token = stage.ada().await;
    let (tools, missing) = crate::support::tools(&stage.world, &token).await;
    assert_eq!(tools.len(), 4);
    let expected = json!([{"server": "127-0-0-1", "reason": "It cannot be reached.", "url": null}]);
    assert_eq!(missing, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_too_old_is_named() {
    let info = async || axum::Json(json!({"version": "0.1.9", "langgraph_py_version": "0.3.0"}));
    let agent = json!([{"assistant_id": Uuid::from_u128(1), "graph_id": "graph", "name": "Elder"}]);
    let agents = async move || axum::Json(agent.clone());
    let router = axum::Router::new().route("/info", get(info)).route("/assistants/search", post(agents));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let setting = format!(";auth=none,old=http://{};auth=none", listener.local_addr().unwrap());
    let old = tokio::spawn(async move { axum::serve(listener, router).await });
    let stage = Stage::with(Options::default(), &setting).await;
    let token = stage.ada().await;
    let reason = "It is langgraph-api 0.1.9, which is too old: 0.2.3 or newer is needed.";
    for _ in 0..2 {
        let (tools, missing) = crate::support::tools(&stage.world, &token).await;
        assert_eq!((tools.len(), &missing[0]["reason"]), (4, &json!(reason)));
    }
    let called = result(&stage.world, &token, "old__Elder", json!({})).await;
    let error = &called["structuredContent"];
    assert_eq!(
        (&error["error"], &error["retryable"]),
        (&json!(format!("old: {reason}")), &json!(false)),
        "{called}"
    );
    let (tools, missing) = crate::support::tools(&stage.world, &token).await;
    assert_eq!(tools.len(), 4);
    assert_eq!(missing, json!([{"server": "old", "reason": reason, "url": null}]));
    old.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renamed_agent_says_its_new_name() {
    let stage = Stage::with(Options::default(), ";auth=none").await;
    let new = json!({"graph_id": "echo", "name": "Old"});
    let made = stage.agents.ask("POST", "/assistants", None, Some(&new)).await;
    let token = stage.ada().await;
    assert!(stage.tools(&token).await.iter().any(|tool| tool["name"] == "fixture__Old"));
    let path = format!("/assistants/{}", made["assistant_id"].as_str().unwrap());
    stage.agents.ask("PATCH", &path, None, Some(&json!({"name": "New"}))).await;
    // The cached list is believed for a minute; after it, the old name leads to the new one.
    stage.world.pass(std::time::Duration::from_secs(61));
    let result = stage.call(&token, "Old", json!({"question": "?"})).await;
    assert_eq!(
        result["structuredContent"]["error"], "This agent's tool is called fixture__New now.",
        "{result}"
    );
    let result = stage.call(&token, "New", json!({"question": "?"})).await;
    assert_eq!(result["structuredContent"]["status"], "completed", "{result}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_that_was_made_anew_is_found_before_its_list_is_old() {
    let stage = Stage::with(Options::default(), ";auth=none").await;
    let make = async || {
        let new = json!({"graph_id": "echo", "name": "Brief"});
        let made = stage.agents.ask("POST", "/assistants", None, Some(&new)).await;
        format!("/assistants/{}", made["assistant_id"].as_str().unwrap())
    };
    let first = make().await;
    let token = stage.ada().await;
    let result = stage.call(&token, "Brief", json!({"question": "?"})).await;
    assert_eq!(result["structuredContent"]["status"], "completed", "{result}");
    stage.agents.ask("DELETE", &first, None, None).await;
    let second = make().await;
    let result = stage.call(&token, "Brief", json!({"question": "why?"})).await;
    assert_eq!(result["structuredContent"]["output"]["answer"], "You asked: why?", "{result}");

    stage.agents.ask("DELETE", &second, None, None).await;
    let params = json!({"name": "fixture__Brief", "arguments": {"question": "?"}});
    let gone = e2e::mcp::ask(stage.world.url(), e2e::mcp::bearer(&token), "tools/call", params).await;
    assert_eq!(gone.body["error"]["message"], "Unknown tool: fixture__Brief", "{}", gone.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_agents_are_those_of_the_servers_own_mcp() {
    let stage = Stage::with(Options::default(), ";auth=none").await;
    let token = stage.ada().await;
    let tools = stage.tools(&token).await;
    let own = own_tools(&stage).await;
    assert_eq!((tools.len(), own.len()), (4, 4));
    for own in own {
        let name = own["name"].as_str().unwrap();
        let tool = tools.iter().find(|tool| tool["name"] == format!("fixture__{name}")).unwrap();
        for member in ["title", "description", "inputSchema", "annotations"] {
            assert_eq!(tool[member], own[member], "{name}: {member}");
        }
        assert_eq!(tool["outputSchema"]["required"], json!(["status"]));
    }
}
