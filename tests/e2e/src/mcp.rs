//! Calls of `/mcp`, in the modern era unless stated otherwise.

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};

use crate::client::{Answer, answer, http};

/// The modern protocol version.
pub const MODERN: &str = "2026-07-28";

/// Headers with an access token.
pub fn bearer(token: &str) -> HeaderMap {
    headers(&[("authorization", &format!("Bearer {token}"))])
}

/// Headers from pairs.
pub fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
    pairs
        .iter()
        .map(|(name, value)| {
            (HeaderName::from_bytes(name.as_bytes()).unwrap(), HeaderValue::from_str(value).unwrap())
        })
        .collect()
}

/// Calls a tool.
pub async fn call(origin: &str, caller: HeaderMap, tool: &str, arguments: Value) -> Answer {
    let params = json!({
        "name": tool,
        "arguments": arguments,
        "_meta": {
            "io.modelcontextprotocol/protocolVersion": MODERN,
            "io.modelcontextprotocol/clientCapabilities": {},
        },
    });
    let request = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params });
    let response = http()
        .post(format!("{origin}/mcp"))
        .headers(caller)
        .header("mcp-protocol-version", MODERN)
        .header("mcp-method", "tools/call")
        .header("mcp-name", tool)
        .header("accept", "application/json, text/event-stream")
        .json(&request);
    answer(response.send().await.unwrap()).await
}

/// The names of the caller's projects.
pub async fn projects(origin: &str, token: &str) -> Vec<String> {
    let answer = call(origin, bearer(token), "list_projects", json!({ "limit": 50 })).await;
    let projects = answer.body["result"]["structuredContent"]["projects"].as_array();
    let projects = projects.unwrap_or_else(|| panic!("{} {}", answer.status, answer.body));
    projects.iter().map(|project| project["name"].as_str().unwrap().to_owned()).collect()
}
