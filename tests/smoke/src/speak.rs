//! The two senders of requests: an MCP client of the server under test, and the smoke test itself as a client of
//! LangSmith. Both go through the recording proxy, with the same key and workspace.

use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue, Method};
use langsmith::body::{MAX_BODY, read_bounded};
use primitives::secret::Secret;
use serde_json::{Value, json};

use crate::recording::ASKED_BY_SMOKE;

const KEY: HeaderName = HeaderName::from_static("x-api-key");
const WORKSPACE: HeaderName = HeaderName::from_static("x-tenant-id");

/// Longer than the time limit of a tool call.
const CALL: Duration = Duration::from_secs(40);

/// The timeout of the smoke test's own requests.
const REQUEST: Duration = Duration::from_secs(35);

/// The key and the workspace.
#[derive(Clone)]
pub(crate) struct Credential {
    pub(crate) key: Secret,
    pub(crate) workspace: Option<String>,
}

impl Credential {
    fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        let mut put = |name, value: &str| {
            if let Ok(mut value) = HeaderValue::from_str(value) {
                value.set_sensitive(true);
                headers.insert(name, value);
            }
        };
        put(KEY, self.key.expose());
        if let Some(workspace) = &self.workspace {
            put(WORKSPACE, workspace);
        }
        headers
    }
}

/// An MCP client.
pub(crate) struct Mcp {
    http: reqwest::Client,
    url: String,
    headers: HeaderMap,
}

/// The answer of a tool.
pub(crate) enum ToolAnswer {
    /// Its structured content.
    Result(Value),
    /// The structured content of a failed call: `error`, `kind` and so on.
    Error(Value),
    /// The call did not reach the tool.
    Broken(String),
}

impl Mcp {
    pub(crate) fn new(http: reqwest::Client, server: &str, credential: &Credential) -> Self {
        Self { http, url: format!("{server}/mcp"), headers: credential.headers() }
    }

    /// The names of all tools.
    pub(crate) async fn tools(&self) -> Result<Vec<String>, String> {
        let result = self.ask("tools/list", json!({})).await?;
        let tools = result.get("tools").and_then(Value::as_array).ok_or("tools/list has no tools")?;
        let name = |tool: &Value| tool.get("name").and_then(Value::as_str).map(str::to_owned);
        Ok(tools.iter().filter_map(name).collect())
    }

    /// Calls a tool.
    pub(crate) async fn call(&self, tool: &str, arguments: Value) -> ToolAnswer {
        let params = json!({"name": tool, "arguments": arguments});
        let mut result = match self.ask("tools/call", params).await {
            Ok(result) => result,
            Err(broken) => return ToolAnswer::Broken(broken),
        };
        let is_error = result.get("isError").and_then(Value::as_bool);
        let content = result.get_mut("structuredContent").map(Value::take);
        match (is_error, content) {
            (Some(false), Some(content)) => ToolAnswer::Result(content),
            (Some(true), Some(content)) => ToolAnswer::Error(content),
            _ => ToolAnswer::Broken("the result has neither form of a result".to_owned()),
        }
    }

    async fn ask(&self, method: &str, params: Value) -> Result<Value, String> {
        let message = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
        let request = self.http.post(&self.url).headers(self.headers.clone()).timeout(CALL).json(&message);
        let answer = request.send().await.map_err(|error| error.without_url().to_string())?;
        let status = answer.status();
        let body = read_bounded(answer, MAX_BODY).await.map_err(|error| error.to_string())?;
        let mut body: Value = serde_json::from_slice(&body).map_err(|_| format!("HTTP status {status}"))?;
        body.get_mut("result").map(Value::take).ok_or_else(|| format!("HTTP status {status}, no result"))
    }
}

/// A direct client of LangSmith.
pub(crate) struct Direct {
    http: reqwest::Client,
    origin: String,
    headers: HeaderMap,
}

/// The status of an answer, and its body if it is JSON.
pub(crate) struct DirectAnswer {
    pub(crate) status: u16,
    pub(crate) body: Value,
}

impl Direct {
    /// A client of `origin`, the recording proxy.
    pub(crate) fn new(http: reqwest::Client, origin: &str, credential: &Credential) -> Self {
        let mut headers = credential.headers();
        headers.insert(ASKED_BY_SMOKE, HeaderValue::from_static("true"));
        Self { http, origin: origin.to_owned(), headers }
    }

    /// Sends a request; `None` without an answer. The proxy answers 502 if LangSmith does not answer.
    pub(crate) async fn ask(&self, method: Method, path: &str, body: Option<&Value>) -> Option<DirectAnswer> {
        let request = self.http.request(method, format!("{}{path}", self.origin));
        let request = request.headers(self.headers.clone()).timeout(REQUEST);
        let request = match body {
            Some(body) => request.json(body),
            None => request,
        };
        let answer = request.send().await.ok()?;
        let status = answer.status().as_u16();
        let body = read_bounded(answer, MAX_BODY).await.ok()?;
        Some(DirectAnswer { status, body: serde_json::from_slice(&body).unwrap_or_default() })
    }
}
