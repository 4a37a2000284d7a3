//! The benchmarked MCP calls, in the form that each server expects.

use bytes::Bytes;
use hyper::Method;
use kit::{request, tool_call};
use serde_json::{Value, json};
use url::Url;

use crate::Outcome;
use crate::connection::{Answer, Connection, Prepared};
use crate::login::API_KEY;
use crate::work::Work;

/// The revision of MCP that both servers know.
pub(crate) const VERSION: &str = "2025-11-25";

/// The benchmarked calls.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Call {
    ToolsList,
    ListProjects,
    FetchRuns,
    ThreadHistory,
    ListExamples,
    GetPrompt,
}

impl Call {
    pub(crate) const ALL: [Self; 6] = [
        Self::ToolsList,
        Self::ListProjects,
        Self::FetchRuns,
        Self::ThreadHistory,
        Self::ListExamples,
        Self::GetPrompt,
    ];

    /// Its name in the tables.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::ToolsList => "tools/list",
            Self::ListProjects => "list_projects",
            Self::FetchRuns => "fetch_runs of 100",
            Self::ThreadHistory => "get_thread_history of 100 runs",
            // As many as fit into one answer of 60,000 characters.
            Self::ListExamples => "list_examples of 40",
            Self::GetPrompt => "get_prompt_by_name",
        }
    }

    fn message(self) -> Value {
        match self {
            Self::ToolsList => request("tools/list", &json!({})),
            Self::ListProjects => tool_call("list_projects", &json!({})),
            Self::FetchRuns => tool_call("fetch_runs", &json!({ "project_name": "bench", "limit": 100 })),
            Self::ThreadHistory => {
                let thread =
                    json!({ "project_name": "bench-thread", "thread_id": "bench-thread", "page_number": 1 });
                tool_call("get_thread_history", &thread)
            }
            Self::ListExamples => {
                tool_call("list_examples", &json!({ "dataset_name": "bench", "limit": 40 }))
            }
            Self::GetPrompt => tool_call("get_prompt_by_name", &json!({ "prompt_name": "support-agent" })),
        }
    }

    /// Whether an answer is the expected one.
    pub(crate) fn is_answered(self, answer: &Value) -> bool {
        let length = |at: &str| answer.pointer(at).and_then(Value::as_array).map_or(0, Vec::len);
        match self {
            Self::ToolsList => length("/result/tools") > 0,
            Self::ListProjects => length("/result/structuredContent/projects") == 5,
            // The first of several pages: 100 runs are more than fit on one.
            Self::FetchRuns => {
                let pages = answer.pointer("/result/structuredContent/total_pages").and_then(Value::as_u64);
                length("/result/structuredContent/runs") > 0 && pages > Some(1)
            }
            Self::ThreadHistory => length("/result/structuredContent/result") > 0,
            Self::ListExamples => length("/result/structuredContent/examples") == 40,
            Self::GetPrompt => length("/result/structuredContent/messages") > 0,
        }
    }
}

/// A server, and the credentials for calling it.
#[derive(Debug)]
pub(crate) struct Target {
    pub(crate) url: Url,
    /// One for each caller; further callers use the last one.
    templates: Vec<Prepared>,
}

impl Target {
    /// This server, with a valid API key.
    pub(crate) fn key(url: &Url) -> Outcome<Self> {
        Self::with_key(url, API_KEY)
    }

    /// This server, with the given API key.
    pub(crate) fn with_key(url: &Url, key: &str) -> Outcome<Self> {
        Ok(Self { url: url.clone(), templates: vec![template(&[("x-api-key", key)])?] })
    }

    /// This server, with an access token.
    pub(crate) fn bearer(url: &Url, token: &str) -> Outcome<Self> {
        let authorization = format!("Bearer {token}");
        Ok(Self { url: url.clone(), templates: vec![template(&[("authorization", &authorization)])?] })
    }

    /// The peer, with the given number of sessions.
    pub(crate) async fn peer(url: &Url, double: &Url, sessions: usize) -> Outcome<Self> {
        let endpoint = double.as_str().trim_end_matches('/');
        let template = template(&[("langsmith-api-key", API_KEY), ("langsmith-endpoint", endpoint)])?;
        let mut connection = Connection::open(url).await?;
        let mut templates = Vec::with_capacity(sessions);
        for _ in 0..sessions {
            templates.push(session(&mut connection, &template).await?);
        }
        Ok(Self { url: url.clone(), templates })
    }

    /// A call as caller `number` sends it.
    pub(crate) fn prepare(&self, number: usize, call: Call) -> Outcome<Prepared> {
        Ok(self.template(number)?.with_body(call.message().to_string()))
    }

    /// The request without a message.
    pub(crate) fn bare(&self) -> Outcome<Prepared> {
        Ok(self.template(0)?.clone())
    }

    fn template(&self, number: usize) -> Outcome<&Prepared> {
        let template = self.templates.get(number).or(self.templates.last());
        template.ok_or_else(|| "a target without sessions".into())
    }
}

fn template(credential: &[(&str, &str)]) -> Outcome<Prepared> {
    let mut headers = vec![
        ("content-type", "application/json"),
        ("accept", "application/json, text/event-stream"),
        ("mcp-protocol-version", VERSION),
    ];
    headers.extend_from_slice(credential);
    Prepared::new(Method::POST, "/mcp", &headers, Bytes::new())
}

/// MCP 2025-11-25, lifecycle: `initialize`, then the `initialized` notification.
async fn session(connection: &mut Connection, template: &Prepared) -> Outcome<Prepared> {
    let message = json!({
        "jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {
            "protocolVersion": VERSION, "capabilities": {}, "clientInfo": { "name": "bench", "version": "1" },
        },
    });
    let answer = connection.send(&template.with_body(message.to_string())).await?;
    let id = answer.header("mcp-session-id").ok_or_else(|| format!("no session: {}", answer.text()))?;
    let template = template.clone().with_header("mcp-session-id", id)?;
    let done = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
    connection.send(&template.with_body(done.to_string())).await?;
    Ok(template)
}

/// A worker that repeats one call.
#[derive(Debug)]
pub(crate) struct Caller {
    connection: Connection,
    request: Prepared,
    /// The length of the verified answer, which later answers must approximate.
    length: usize,
}

impl Caller {
    /// Workers with a connection each, after one call with a verified answer.
    pub(crate) async fn several(target: &Target, call: Call, count: usize) -> Outcome<Vec<Self>> {
        let mut workers = Vec::with_capacity(count);
        let mut length = 0;
        for number in 0..count {
            let mut connection = Connection::open(&target.url).await?;
            let request = target.prepare(number, call)?;
            if number == 0 {
                let answer = connection.send(&request).await?;
                check(call, &answer)?;
                length = answer.body.len();
            }
            workers.push(Self { connection, request, length });
        }
        Ok(workers)
    }
}

fn check(call: Call, answer: &Answer) -> Outcome {
    let value = message(answer)?;
    if call.is_answered(&value) { Ok(()) } else { Err(format!("{}: {value}", call.name()).into()) }
}

/// The message of an answer; the peer answers with an event stream of one event.
pub(crate) fn message(answer: &Answer) -> Outcome<Value> {
    let text = answer.text();
    let json = text.lines().find_map(|line| line.strip_prefix("data: ")).unwrap_or(&text);
    serde_json::from_str(json).map_err(|_| format!("no message: {text}").into())
}

/// The result of one tool call.
pub(crate) async fn ask(
    connection: &mut Connection,
    target: &Target,
    name: &str,
    arguments: &Value,
) -> Outcome<Value> {
    let request = target.template(0)?.with_body(tool_call(name, arguments).to_string());
    let mut value = message(&connection.send(&request).await?)?;
    match value.pointer_mut("/result/structuredContent") {
        Some(content) if content.get("error").is_none() => Ok(content.take()),
        _ => Err(format!("{name}: {value}").into()),
    }
}

impl Work for Caller {
    async fn once(&mut self) -> Outcome {
        let (status, length) = self.connection.measure(&self.request).await?;
        // Answers contain times and other values of varying length; an error is much shorter.
        if status.is_success() && length.abs_diff(self.length) * 10 <= self.length {
            return Ok(());
        }
        Err(format!("a call was answered with {status} and {length} bytes instead of {}", self.length).into())
    }
}
