//! Exceptions for certain clients, which apply to no others.

use axum::body::Body;
use http::Request;
use kit::meta_of;
use serde_json::{Value, json};

use crate::support::{Server, modern_with};

/// The clients that send 2026-07-28 messages with headers of 2025-11-25.
const OLDER_HEADERS: [&str; 3] = ["Anthropic/ClaudeAI", "claude-ai", "claude-code"];

/// A message of 2026-07-28 from a client with this name, with a header of 2025-11-25.
fn from(client: &Value, method: &str, params: &Value, headers: &[(&str, &str)]) -> Request<Body> {
    let mut params = params.clone();
    params["_meta"] = meta_of(client);
    let name = params["name"].as_str().unwrap_or_default().to_owned();
    let headers = [&[("mcp-protocol-version", "2025-11-25")], headers].concat();
    modern_with(method, &params, &name, &headers)
}

#[tokio::test]
async fn hosted_claude_connectors_are_served_as_modern() {
    let server = Server::start().await;
    let call = json!({"name": "list_projects", "arguments": {"limit": 1}});
    for client in OLDER_HEADERS.map(Value::from) {
        for (method, params) in
            [("server/discover", &json!({})), ("tools/list", &json!({})), ("tools/call", &call)]
        {
            for headers in [&[("mcp-method", ""), ("mcp-name", "")][..], &[]] {
                let result = server.send(from(&client, method, params, headers)).await.result();
                assert_eq!(result["resultType"], "complete", "{client} {method} {headers:?}");
            }
        }
        let repeated = [("mcp-protocol-version", "2025-11-25, 2025-11-25")];
        server.send(from(&client, "tools/list", &json!({}), &repeated)).await.result();
        let strict = [("mcp-protocol-version", "2026-07-28")];
        server.send(from(&client, "tools/list", &json!({}), &strict)).await.result();
    }
}

#[tokio::test]
async fn everybody_else_is_held_to_the_header() {
    let server = Server::start().await;
    for client in [
        json!("test"),
        json!("cursor-vscode"),
        json!("claude"),
        json!("anthropic/claudeai"),
        json!("Anthropic/ClaudeAI/evil"),
        json!(""),
        json!(null),
        json!(["claude-ai"]),
        json!({"name": "claude-ai"}),
    ] {
        for method in ["server/discover", "tools/list"] {
            let answer = server.send(from(&client, method, &json!({}), &[])).await;
            assert_eq!(answer.error(400), -32020, "{client}");
        }
    }
    // Without a name, and with one in the wrong place.
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    let params = json!({"_meta": meta, "clientInfo": {"name": "claude-ai"}});
    let headers = [("mcp-protocol-version", "2025-11-25"), ("user-agent", "Claude-User")];
    let answer = server.send(modern_with("tools/list", &params, "", &headers)).await;
    assert_eq!(answer.error(400), -32020);
}

#[tokio::test]
async fn nothing_else_is_forgiven() {
    let server = Server::start().await;
    let call = json!({"name": "list_projects", "arguments": {}});
    for client in OLDER_HEADERS.map(Value::from) {
        for headers in [
            [("mcp-protocol-version", "2025-06-18")],
            [("mcp-protocol-version", "2023-01-01")],
            [("mcp-protocol-version", "2025-11-25, 2025-06-18")],
            [("mcp-protocol-version", "")],
            [("mcp-method", "tools/list")],
            [("mcp-name", "list_prompts")],
        ] {
            let answer = server.send(from(&client, "tools/call", &call, &headers)).await;
            assert_eq!(answer.error(400), -32020, "{client} {headers:?}");
        }
    }
    assert!(server.langsmith().requests().is_empty());
}

#[tokio::test]
async fn a_name_opens_nothing() {
    let server = Server::start().await;
    let call = json!({"name": "fetch_runs", "arguments": {}});
    for client in OLDER_HEADERS.map(Value::from) {
        let caller = [("authorization", "Bearer ada-billing"), ("mcp-name", "")];
        let answer = server.send(from(&client, "tools/call", &call, &caller)).await;
        assert_eq!(answer.error(403), 403);
        let nobody = [("authorization", "Bearer nobody")];
        assert_eq!(server.send(from(&client, "tools/call", &call, &nobody)).await.error(401), 401);
    }
    assert!(server.langsmith().requests().is_empty());
}
