//! Requests to the registry.

use hyper::{Method, StatusCode};
use registry_tests::SERVERS;
use serde_json::{Value, json};
use url::Url;
use url::form_urlencoded::byte_serialize;

use crate::Outcome;
use crate::connection::{Answer, Connection, Prepared};
use crate::login::API_KEY;
use crate::side::Reconnect;
use crate::work::Work;

/// A request with the key of the benchmark.
pub(super) fn prepared(method: Method, path: &str, body: &Value) -> Outcome<Prepared> {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    Prepared::new(method, path, &[("x-api-key", API_KEY), ("content-type", "application/json")], body)
}

/// The request for the tools of a server.
pub(super) fn tools(server: &str, is_forced: bool) -> Outcome<Prepared> {
    let url: String = byte_serialize(server.as_bytes()).collect();
    prepared(Method::GET, &format!("/api/v1/mcp/tools?url={url}&force_refresh={is_forced}"), &Value::Null)
}

/// The JSON of a successful answer.
pub(super) fn json_of(answer: &Answer) -> Outcome<Value> {
    Ok(serde_json::from_slice(&answer.body)?)
}

/// The id of the first workspace that LangSmith lists for the key.
pub(super) async fn workspace(langsmith: &Url) -> Outcome<String> {
    let mut connection = Connection::open(langsmith).await?;
    let request = prepared(Method::GET, "/api/v1/workspaces", &Value::Null)?;
    let listed = json_of(&connection.send(&request).await?)?;
    let id = listed.pointer("/0/id").and_then(Value::as_str);
    Ok(id.ok_or_else(|| format!("no workspace: {listed}"))?.to_owned())
}

/// Registers a server, and returns its path.
pub(super) async fn register(url: &Url, name: &str, server: &str) -> Outcome<String> {
    let body =
        json!({"name": name, "url": server, "headers": [{"key": "Authorization", "value": "Bearer token"}]});
    let mut connection = Connection::open(url).await?;
    let answer = json_of(&connection.send(&prepared(Method::POST, SERVERS, &body)?).await?)?;
    let id = answer.get("id").and_then(Value::as_str).ok_or_else(|| format!("no server: {answer}"))?;
    Ok(format!("{SERVERS}/{id}"))
}

/// Sends one request over and over.
pub(super) struct Repeater {
    connection: Connection,
    request: Prepared,
    /// The size that every answer has at least, in bytes.
    bytes: usize,
}

impl Repeater {
    pub(super) async fn new(url: &Url, request: Prepared, bytes: usize) -> Outcome<Self> {
        Ok(Self { connection: Connection::open(url).await?, request, bytes })
    }
}

impl Reconnect for Repeater {
    fn reconnect(&mut self, connection: Connection) {
        self.connection = connection;
    }
}

impl Work for Repeater {
    async fn once(&mut self) -> Outcome {
        match self.connection.measure(&self.request).await? {
            (StatusCode::OK, bytes) if bytes >= self.bytes => Ok(()),
            (status, bytes) => Err(format!("{status} with {bytes} bytes").into()),
        }
    }
}
