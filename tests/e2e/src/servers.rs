//! Requests to the registry of MCP servers.

use reqwest::Method;
use reqwest::header::HeaderMap;
use serde_json::Value;

use crate::client::{Answer, answer, http};

/// The path of the servers.
pub const SERVERS: &str = "/v1/deepagents/mcp-servers";

/// The answer to a request with these credentials.
pub async fn ask(
    origin: &str,
    credentials: HeaderMap,
    (method, path): (Method, &str),
    body: Option<&Value>,
) -> Answer {
    let mut request = http().request(method, format!("{origin}{path}")).headers(credentials);
    if let Some(body) = body {
        request = request.json(body);
    }
    answer(request.send().await.unwrap()).await
}

/// The path of a server.
pub fn path_of(server: &Value) -> String {
    format!("{SERVERS}/{}", server["id"].as_str().unwrap())
}
