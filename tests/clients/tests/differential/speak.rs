//! Both servers' ways to be called: ours without a session and in JSON, the other one with a session and in events.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use langsmith_double::data::ADA_KEY;
use serde_json::{Value, json};
use shared::langsmith::body::{MAX_BODY, read_bounded};
use shared::langsmith::http_client;

use crate::calls::Call;

/// Longer than either server may take.
const PATIENCE: Duration = Duration::from_secs(10);

static NEXT_ID: AtomicU32 = AtomicU32::new(1);

/// A client of one server.
pub(crate) struct Speaker {
    url: String,
    headers: Vec<(&'static str, String)>,
}

/// What a call came to.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    /// The result's `structuredContent`, or its text if there is none.
    pub(crate) content: Value,
    is_error: bool,
}

impl Answer {
    /// Whether the call failed; the standalone server tells that by a member of its result only.
    pub(crate) fn is_error(&self) -> bool {
        self.is_error || self.content.get("error").is_some_and(Value::is_string)
    }
}

impl Speaker {
    pub(crate) fn ours(url: &str) -> Self {
        Self { url: url.to_owned(), headers: vec![("x-api-key", ADA_KEY.to_owned())] }
    }

    pub(crate) async fn standalone(url: &str, langsmith: String) -> Self {
        let mut headers = vec![("langsmith-api-key", ADA_KEY.to_owned()), ("langsmith-endpoint", langsmith)];
        let hello = json!({
            "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"},
        });
        let (_, session) = send(url, &headers, "initialize", &hello).await;
        headers.push(("mcp-session-id", session.unwrap()));
        Self { url: url.to_owned(), headers }
    }

    /// The names of the tools, sorted.
    pub(crate) async fn tools(&self) -> Vec<String> {
        let answer = send(&self.url, &self.headers, "tools/list", &json!({})).await.0.unwrap();
        let tools = answer["result"]["tools"].as_array().unwrap();
        let mut names: Vec<String> =
            tools.iter().map(|tool| tool["name"].as_str().unwrap().to_owned()).collect();
        names.sort();
        names
    }

    pub(crate) async fn call(&self, call: &Call) -> Answer {
        let params = json!({"name": call.tool, "arguments": call.arguments});
        let (Some(answer), _) = send(&self.url, &self.headers, "tools/call", &params).await else {
            return Answer { content: json!("no answer"), is_error: true };
        };
        let result = &answer["result"];
        assert!(result.is_object(), "{} {}: {answer}", call.tool, call.arguments);
        let content = match &result["structuredContent"] {
            Value::Null => result["content"][0]["text"].clone(),
            structured => structured.clone(),
        };
        Answer { content, is_error: result["isError"] == true }
    }
}

/// The answer, unless the server breaks off.
async fn send(
    url: &str,
    headers: &[(&'static str, String)],
    method: &str,
    params: &Value,
) -> (Option<Value>, Option<String>) {
    // The standalone server tells concurrent calls of a session apart by their ids only.
    let id = NEXT_ID.fetch_add(1, Ordering::Relaxed);
    let body = json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params});
    let mut request = http_client(None)
        .unwrap()
        .post(url)
        .header("accept", "application/json, text/event-stream")
        .timeout(PATIENCE)
        .json(&body);
    for (name, value) in headers {
        request = request.header(*name, value);
    }
    let response = request.send().await.unwrap();
    let session = response.headers().get("mcp-session-id").map(|id| id.to_str().unwrap().to_owned());
    let body = read_bounded(response, MAX_BODY).await.unwrap_or_default();
    let text = std::str::from_utf8(&body).unwrap();
    // The standalone server answers with one server-sent event.
    let json = text.lines().find_map(|line| line.strip_prefix("data: ")).unwrap_or(text);
    (serde_json::from_str(json).ok(), session)
}
