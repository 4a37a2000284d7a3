//! Servers that nobody here wrote, in both eras: FastMCP 4 speaks 2026-07-28; the Python SDK 1, FastMCP 3 and the reference
//! server in TypeScript the protocol with sessions. Those in Python demand a header.

use clients::{Program, Running};
use e2e::World;
use langsmith_double::data::ADA_KEY;
use registry_tests::{Caller, server};
use reqwest::Method;
use serde_json::{Value, json};

use crate::tools::world;

/// A virtual environment, the library in it, and how many requests its list takes: a modern one is answered at once, and a
/// session is `initialize`, a notification, the list and its end, after the modern request that the server refuses.
const SERVERS: [(&str, &str, usize); 3] =
    [("langchain", "fastmcp", 1), ("mcp1", "mcp1", 5), ("peer", "fastmcp", 5)];

/// The tools of the reference server for a client without capabilities.
const EVERYTHING: [&str; 13] = [
    "echo",
    "get-annotated-message",
    "get-env",
    "get-resource-links",
    "get-resource-reference",
    "get-structured-content",
    "get-sum",
    "get-tiny-image",
    "gzip-file-as-resource",
    "toggle-simulated-logging",
    "toggle-subscriber-updates",
    "trigger-long-running-operation",
    "simulate-research-query",
];

async fn start(environment: &str, library: &str) -> (Running, String) {
    let program = Program::python(environment, "mcp_server.py").args([library, "x-key", "good"]);
    let mut running = program.start();
    let url = running.wait_for(|line| line.starts_with("http://").then(|| line.to_owned())).await;
    (running, url)
}

fn tools_of(url: &str) -> String {
    format!("/v1/deepagents/mcp/tools?url={url}")
}

async fn register(ada: &Caller<'_>, url: &str) -> Value {
    let headers = json!([{ "key": "X-Key", "value": "good" }]);
    let made = ada.register(&json!({ "name": "real", "url": url, "headers": headers })).await;
    assert_eq!(made.status, 201, "{}", made.text);
    made.json()
}

#[tokio::test]
async fn real_servers_list_their_tools_once() {
    for (environment, library, requests) in SERVERS {
        let (world, (mut running, url)) = (world().await, start(environment, library).await);
        let ada = Caller::new(&world, ADA_KEY);
        let made = register(&ada, &url).await;
        for cached in [false, true] {
            let body = ada.get(&tools_of(&url)).await.json();
            assert_eq!(body["cached"], cached, "{environment}: {body}");
            let names: Vec<_> =
                body["tools"].as_array().unwrap().iter().map(|tool| tool["name"].as_str().unwrap()).collect();
            assert_eq!(names, ["add", "greet"], "{environment}");
            assert_eq!(body["tools"][0]["inputSchema"]["properties"]["a"]["type"], "integer");
        }
        for number in 0..requests {
            let line = running.wait_for(|line| line.strip_prefix("request ").map(str::to_owned)).await;
            assert!(line.ends_with("False"), "{environment}, request {number}: the caller's key was sent");
        }
        let wrong = json!({ "headers": [{ "key": "X-Key", "value": "bad" }] });
        assert_eq!(ada.send(Method::PATCH, &server(&made), Some(&wrong)).await.status, 200);
        let refused = ada.get(&tools_of(&url)).await;
        assert_eq!((refused.status.as_u16(), &refused.json()["code"]), (502, &json!("upstream_auth_failed")));
        // The next request that the server saw is this one: the second list was not asked for.
        running.wait_for(|line| line.starts_with("request POST").then_some(())).await;
    }
}

/// `@modelcontextprotocol/server-everything`, which has a tool for each thing that tools can do.
#[tokio::test]
async fn the_reference_server_shakes_hands_once_for_two_lists() {
    let mut running = Program::node("everything.mjs").start();
    let url = running.wait_for(|line| line.starts_with("http://").then(|| line.to_owned())).await;
    let world = world().await;
    let ada = Caller::new(&world, ADA_KEY);
    register(&ada, &url).await;
    let first = ada.get(&tools_of(&url)).await.json();
    let tools = first["tools"].as_array().unwrap_or_else(|| panic!("{first}"));
    let names: Vec<_> = tools.iter().map(|tool| tool["name"].as_str().unwrap()).collect();
    assert_eq!(names, EVERYTHING, "{first}");
    let sum = &tools[names.iter().position(|name| *name == "get-sum").unwrap()];
    assert_eq!(sum["inputSchema"]["required"], json!(["a", "b"]));
    let second = ada.get(&tools_of(&url)).await.json();
    assert_eq!((&first["cached"], &second["cached"]), (&json!(false), &json!(true)));
    assert_eq!(first["tools"], second["tools"]);
    running.tell("the end").await;
    let (_, log) = running.end().await;
    // The modern request that it refuses, `initialize`, the notification and the list.
    let expected = [("Received MCP POST request", 4), ("Session initialized", 1), ("session termination", 1)];
    for (line, times) in expected {
        assert_eq!(log.matches(line).count(), times, "{line}: {log}");
    }
}

/// A call through the proxy, as a client of the modern protocol sends it.
#[tokio::test]
async fn a_real_server_is_called_through_the_proxy() {
    let (world, (_running, url)): (World, _) = (world().await, start("langchain", "fastmcp").await);
    let ada = Caller::new(&world, ADA_KEY);
    register(&ada, &url).await;
    let params = json!({ "name": "add", "arguments": { "a": 2, "b": 3 }, "_meta": {
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": { "name": "test", "version": "1" },
        "io.modelcontextprotocol/clientCapabilities": {} } });
    let message = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params });
    let asked = json!({ "url": url, "method": "POST", "body": message, "headers": {
        "Accept": "application/json, text/event-stream", "MCP-Protocol-Version": "2026-07-28",
        "Mcp-Method": "tools/call", "Mcp-Name": "add", "X-Key": "bad" } });
    let answer = ada.send(Method::POST, "/api/v1/mcp/proxy", Some(&asked)).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert!(
        answer.text.contains("\"result\":5") || answer.text.contains("\"text\":\"5\""),
        "{}",
        answer.text
    );
}
