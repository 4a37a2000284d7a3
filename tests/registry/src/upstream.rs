//! An MCP server on this machine whose behaviour a test changes while it runs.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use reqwest::StatusCode;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

/// The protocols that a server speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Era {
    /// 2026-07-28 only.
    Modern,
    /// 2025-11-25 only, with a session.
    Legacy,
}

/// Header fields and a body.
pub type Raw = (Vec<(&'static str, String)>, Vec<u8>);

/// How a server behaves.
pub struct Behaviour {
    /// The protocols.
    pub era: Era,
    /// Its tools.
    pub tools: Vec<Value>,
    /// How many tools a page has.
    pub page: usize,
    /// `ttlMs`, if it states one.
    pub ttl_ms: Option<u64>,
    /// The header that it demands, if any.
    pub demands: Option<(&'static str, &'static str)>,
    /// The status with which it answers everything, instead.
    pub fails: Option<StatusCode>,
    /// Documents by path.
    pub documents: BTreeMap<&'static str, Value>,
    /// An answer to everything, instead: header fields and body.
    pub raw: Option<Raw>,
}

/// A request: the method of HTTP or the path of a document, the headers, and the message.
pub type Seen = (String, HeaderMap, Value);

/// A running server.
#[derive(Clone)]
pub struct Upstream {
    url: String,
    inner: Arc<Inner>,
}

struct Inner {
    behaviour: Mutex<Behaviour>,
    seen: Mutex<Vec<Seen>>,
    /// Taken for the length of each request: a test that closes it stops the server.
    gate: Semaphore,
}

/// A tool with a schema.
pub fn tool(name: &str, description: &str) -> Value {
    json!({ "name": name, "description": description, "inputSchema": { "type": "object", "properties": {} }, "x-kept": 1 })
}

impl Upstream {
    /// A server of this era with two tools.
    pub async fn start(era: Era) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let behaviour = Behaviour {
            era,
            tools: vec![tool("one", "first"), tool("two", "second")],
            page: 100,
            ttl_ms: None,
            demands: None,
            fails: None,
            documents: BTreeMap::new(),
            raw: None,
        };
        let inner =
            Inner { behaviour: Mutex::new(behaviour), seen: Mutex::default(), gate: Semaphore::new(1000) };
        let inner = Arc::new(inner);
        let router = Router::new().fallback(answer).with_state(inner.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, inner }
    }

    /// Its MCP endpoint.
    pub fn url(&self) -> String {
        format!("{}/mcp", self.url)
    }

    /// Its behaviour, to be changed.
    pub fn behaviour(&self) -> MutexGuard<'_, Behaviour> {
        self.inner.behaviour.lock().unwrap()
    }

    /// The requests since the last call.
    pub fn requests(&self) -> Vec<Seen> {
        std::mem::take(&mut self.inner.seen.lock().unwrap())
    }

    /// How many lists were begun since the last call: first pages of `tools/list`.
    pub fn lists(&self) -> usize {
        let is_first =
            |message: &Value| message["method"] == "tools/list" && message["params"]["cursor"].is_null();
        self.requests().iter().filter(|(_, _, message)| is_first(message)).count()
    }

    /// Lets no request through until the permit is dropped.
    pub async fn hold(&self) -> tokio::sync::SemaphorePermit<'_> {
        self.inner.gate.acquire_many(1000).await.unwrap()
    }
}

async fn answer(
    State(inner): State<Arc<Inner>>,
    method: reqwest::Method,
    uri: axum::http::Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let message: Value = serde_json::from_slice(&body).unwrap_or_default();
    let name = if uri.path() == "/mcp" { method.to_string() } else { uri.path().to_owned() };
    inner.seen.lock().unwrap().push((name, headers.clone(), message.clone()));
    let _open = inner.gate.acquire().await.unwrap();
    let behaviour = inner.behaviour.lock().unwrap();
    if uri.path() != "/mcp" {
        return match behaviour.documents.get(uri.path()) {
            Some(document) => axum::Json(document.clone()).into_response(),
            None => StatusCode::NOT_FOUND.into_response(),
        };
    }
    if let Some((fields, body)) = &behaviour.raw {
        let mut response = body.clone().into_response();
        for (name, value) in fields {
            response.headers_mut().insert(*name, value.parse().unwrap());
        }
        if fields.iter().any(|(name, _)| *name == "location") {
            *response.status_mut() = StatusCode::FOUND;
        }
        return response;
    }
    if let Some(status) = behaviour.fails {
        return status.into_response();
    }
    if let Some((name, value)) = behaviour.demands
        && headers.get(name).is_none_or(|sent| sent != value)
    {
        let challenge = [("www-authenticate", "Bearer realm=\"upstream\"")];
        return (StatusCode::UNAUTHORIZED, challenge).into_response();
    }
    match behaviour.era {
        Era::Modern => modern(&behaviour, &headers, &message),
        Era::Legacy => legacy(&behaviour, &headers, &message),
    }
}

fn modern(behaviour: &Behaviour, headers: &HeaderMap, message: &Value) -> Response {
    let version = &message["params"]["_meta"]["io.modelcontextprotocol/protocolVersion"];
    if version != "2026-07-28"
        || headers.get("mcp-method").is_none_or(|sent| message["method"] != sent.to_str().unwrap())
    {
        let error = json!({ "jsonrpc": "2.0", "id": message["id"], "error": { "code": -32022, "message": "version" } });
        return (StatusCode::BAD_REQUEST, axum::Json(error)).into_response();
    }
    result(behaviour, message)
}

fn legacy(behaviour: &Behaviour, headers: &HeaderMap, message: &Value) -> Response {
    if message["method"] == "initialize" {
        let result = json!({ "protocolVersion": "2025-11-25", "capabilities": { "tools": {} },
            "serverInfo": { "name": "upstream", "version": "1" } });
        let body = json!({ "jsonrpc": "2.0", "id": message["id"], "result": result });
        return ([("mcp-session-id", "session-1")], axum::Json(body)).into_response();
    }
    if headers.get("mcp-session-id").is_none_or(|session| session != "session-1") {
        let error =
            json!({ "jsonrpc": "2.0", "id": null, "error": { "code": -32000, "message": "no session" } });
        return (StatusCode::BAD_REQUEST, axum::Json(error)).into_response();
    }
    if message["id"].is_null() {
        return StatusCode::ACCEPTED.into_response();
    }
    // As a stream, with a notification before the response.
    let Value::Object(_) = message else { return StatusCode::OK.into_response() };
    let note = json!({ "jsonrpc": "2.0", "method": "notifications/message", "params": {} });
    let body = format!(
        "event: message\ndata: {note}\n\nevent: message\ndata: {}\n\n",
        response_of(behaviour, message)
    );
    ([(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"))], body).into_response()
}

fn result(behaviour: &Behaviour, message: &Value) -> Response {
    axum::Json(response_of(behaviour, message)).into_response()
}

fn response_of(behaviour: &Behaviour, message: &Value) -> Value {
    let result = match message["method"].as_str() {
        Some("tools/list") => {
            let start = message["params"]["cursor"].as_str().map_or(0, |cursor| cursor.parse().unwrap());
            let end = (start + behaviour.page).min(behaviour.tools.len());
            let mut result = json!({ "tools": behaviour.tools[start..end], "resultType": "complete" });
            if end < behaviour.tools.len() {
                result["nextCursor"] = end.to_string().into();
            }
            if let Some(ttl) = behaviour.ttl_ms {
                result["ttlMs"] = ttl.into();
            }
            result
        }
        Some("tools/call") => json!({ "content": [{ "type": "text", "text": message["params"]["name"] }] }),
        _ => {
            return json!({ "jsonrpc": "2.0", "id": message["id"], "error": { "code": -32601, "message": "unknown" } });
        }
    };
    json!({ "jsonrpc": "2.0", "id": message["id"], "result": result })
}
