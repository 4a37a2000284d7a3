//! Calls of `/mcp`, in the modern era unless stated otherwise.

use kit::{modern_headers, modern_meta, request, tool_call};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};

use crate::client::{Answer, answer, http};

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
    send(origin, caller, tool_call(tool, &arguments), &json!({})).await
}

/// Sends a request.
pub async fn ask(origin: &str, caller: HeaderMap, method: &str, params: Value) -> Answer {
    send(origin, caller, request(method, &params), &json!({})).await
}

/// Sends a request of a client with these capabilities.
pub async fn ask_as(
    capabilities: &Value,
    origin: &str,
    caller: HeaderMap,
    method: &str,
    params: Value,
) -> Answer {
    send(origin, caller, request(method, &params), capabilities).await
}

async fn send(origin: &str, caller: HeaderMap, mut message: Value, capabilities: &Value) -> Answer {
    message["params"]["_meta"] = modern_meta();
    message["params"]["_meta"]["io.modelcontextprotocol/clientCapabilities"] = capabilities.clone();
    let method = message["method"].as_str().unwrap_or_default();
    let params = &message["params"];
    let name = params["name"].as_str().or(params["taskId"].as_str()).unwrap_or_default();
    let response = http()
        .post(format!("{origin}/mcp"))
        .headers(caller)
        .headers(headers(&modern_headers(method, name)))
        .header("accept", "application/json, text/event-stream")
        .json(&message);
    answer(response.send().await.unwrap()).await
}

/// The names of the caller's projects.
pub async fn projects(origin: &str, token: &str) -> Vec<String> {
    let answer = call(origin, bearer(token), "list_projects", json!({ "limit": 50 })).await;
    let projects = answer.body["result"]["structuredContent"]["projects"].as_array();
    let projects = projects.unwrap_or_else(|| panic!("{} {}", answer.status, answer.body));
    projects.iter().map(|project| project["name"].as_str().unwrap().to_owned()).collect()
}
