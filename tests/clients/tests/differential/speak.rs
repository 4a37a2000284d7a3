//! Clients for both servers: ours without a session and in JSON, the other one with a session and in events.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU32, Ordering};

use langsmith_double::data::ADA_KEY;
use serde_json::{Map, Value, json};

use crate::calls::Call;
use crate::http::{Ask, Http, Method};
use crate::requests::Request;
use crate::retell::Optional;

static NEXT_ID: AtomicU32 = AtomicU32::new(1);

/// A client of one server.
pub(crate) struct Speaker<'h> {
    http: &'h Http,
    url: String,
    headers: Vec<(&'static str, String)>,
}

/// The outcome of a call.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    /// The result's `structuredContent`, or its text if there is none.
    pub(crate) content: Value,
    is_error: bool,
    /// The arguments refused at first because of their types.
    pub(crate) complaints: Vec<String>,
    /// The requests to LangSmith.
    pub(crate) requests: Vec<Request>,
    /// The lookups by name in earlier calls.
    pub(crate) before: BTreeSet<String>,
}

impl Answer {
    pub(crate) fn new(content: Value, is_error: bool) -> Self {
        Self { content, is_error, complaints: Vec::new(), requests: Vec::new(), before: BTreeSet::new() }
    }

    /// All lookups by name so far.
    pub(crate) fn by_name(&self) -> BTreeSet<String> {
        let requests = self.requests.iter().filter(|request| request.is_by_name());
        self.before.iter().cloned().chain(requests.map(Request::to_string)).collect()
    }

    /// Whether the call failed; the standalone server shows that only by a member of its result.
    pub(crate) fn is_error(&self) -> bool {
        self.is_error || self.content.get("error").is_some_and(Value::is_string)
    }
}

impl<'h> Speaker<'h> {
    pub(crate) fn ours(http: &'h Http, url: &str) -> Self {
        Self { http, url: url.to_owned(), headers: vec![("x-api-key", ADA_KEY.to_owned())] }
    }

    pub(crate) async fn standalone(http: &'h Http, url: &str, langsmith: String) -> Self {
        let mut headers = vec![("langsmith-api-key", ADA_KEY.to_owned()), ("langsmith-endpoint", langsmith)];
        let hello = json!({
            "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"},
        });
        let (_, session) = send(http, (url, &headers), "initialize", &hello).await;
        headers.push(("mcp-session-id", session.unwrap()));
        Self { http, url: url.to_owned(), headers }
    }

    /// The tools, with their optional arguments.
    pub(crate) async fn tools(&self) -> Optional {
        let answer = send(self.http, (&self.url, &self.headers), "tools/list", &json!({})).await.0.unwrap();
        let optional = |tool: &Value| {
            let (schema, name) = (&tool["inputSchema"], tool["name"].as_str().unwrap());
            let required =
                |name: &String| schema["required"].as_array().is_some_and(|all| all.contains(&json!(name)));
            let names = schema["properties"].as_object().into_iter().flat_map(Map::keys);
            (name.to_owned(), names.filter(|name| !required(name)).cloned().collect())
        };
        answer["result"]["tools"].as_array().unwrap().iter().map(optional).collect()
    }

    pub(crate) async fn call(&self, tool: &str, arguments: &Value) -> Answer {
        let params = json!({"name": tool, "arguments": arguments});
        let (Some(answer), _) = send(self.http, (&self.url, &self.headers), "tools/call", &params).await
        else {
            return Answer::new(json!("no answer"), true);
        };
        let result = &answer["result"];
        assert!(result.is_object(), "{tool} {arguments}: {answer}");
        let content = match &result["structuredContent"] {
            Value::Null => result["content"][0]["text"].clone(),
            structured => structured.clone(),
        };
        Answer::new(content, result["isError"] == true)
    }

    /// The answer to the call as it is, or with the standalone server's types if it refuses some.
    pub(crate) async fn call_again(&self, call: &Call) -> Answer {
        let answer = self.call(call.tool, &call.arguments).await;
        if call.arguments == call.plain || !answer.is_error {
            return answer;
        }
        Answer { complaints: complaints(&answer.content), ..self.call(call.tool, &call.plain).await }
    }
}

/// The arguments that a refusal of the standalone server names: each has an unindented line of its own.
fn complaints(refusal: &Value) -> Vec<String> {
    let text = refusal.as_str().unwrap_or_default();
    let mut lines = text.lines();
    assert!(
        lines.next().is_some_and(|first| first.contains("validation error")),
        "not a refusal of types: {text}"
    );
    let names =
        lines.filter(|line| !line.starts_with(' ')).map(|line| line.split('.').next().unwrap_or(line));
    names.map(str::to_owned).collect()
}

/// The answer, unless the server closes the connection early.
async fn send(
    http: &Http,
    (url, headers): (&str, &[(&'static str, String)]),
    method: &str,
    params: &Value,
) -> (Option<Value>, Option<String>) {
    // The standalone server distinguishes concurrent calls of a session by their ids only.
    let id = NEXT_ID.fetch_add(1, Ordering::Relaxed);
    let body = Some(json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}));
    let mut headers = headers.to_vec();
    headers.push(("accept", "application/json, text/event-stream".to_owned()));
    let reply = http.ask(Ask { method: Method::Post, url, headers: &headers, body }).await;
    // The standalone server answers with one server-sent event.
    let json = reply.body.lines().find_map(|line| line.strip_prefix("data: ")).unwrap_or(&reply.body);
    (serde_json::from_str(json).ok(), reply.session)
}
