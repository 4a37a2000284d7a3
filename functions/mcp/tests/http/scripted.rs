//! A LangSmith whose answers a test dictates, for deployments and moments that the double does not have.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{Request, StatusCode, header};
use langsmith_double::data::sample_id;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::common::FIRST;
use crate::support::{BUDGET, Server};

/// The path of the deployment's description.
pub(crate) const INFO: &str = "/api/v1/info";
/// The path of the list of projects.
pub(crate) const PROJECTS: &str = "/api/v1/sessions";

/// One answer: status, content type and body.
#[derive(Clone, Debug)]
pub(crate) struct Reply(u16, &'static str, String);

#[derive(Default)]
struct Script {
    replies: BTreeMap<&'static str, Vec<Reply>>,
    asked: Vec<String>,
}

/// A server, and the script of its LangSmith.
pub(crate) struct Scripted {
    pub(crate) server: Server,
    script: Arc<Mutex<Script>>,
}

impl Scripted {
    /// A server with a LangSmith that answers 404 to everything.
    pub(crate) async fn start() -> Self {
        let script = Arc::new(Mutex::new(Script::default()));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(next).with_state(Arc::clone(&script));
        tokio::spawn(axum::serve(listener, router).into_future());
        let mut server = Server::before(&endpoint).await;
        // A busy machine must not make an answer late.
        server.set_flags_timeout(BUDGET);
        Self { server, script }
    }

    /// From now on `path` is answered with these in turn, and with the last one for ever.
    pub(crate) fn answer(&self, path: &'static str, replies: impl IntoIterator<Item = Reply>) {
        self.script.lock().unwrap().replies.insert(path, replies.into_iter().collect());
    }

    /// The paths of the requests since the last such call.
    pub(crate) fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.script.lock().unwrap().asked)
    }
}

async fn next(State(script): State<Arc<Mutex<Script>>>, request: Request<axum::body::Body>) -> Response {
    let path = request.uri().path();
    let mut script = script.lock().unwrap();
    script.asked.push(path.to_owned());
    let reply = match script.replies.get_mut(path) {
        Some(replies) if replies.len() > 1 => replies.remove(0),
        Some(replies) => replies[0].clone(),
        None => status(404),
    };
    let Reply(status, kind, body) = reply;
    (StatusCode::from_u16(status).unwrap(), [(header::CONTENT_TYPE, kind)], body).into_response()
}

/// An answer with this status and an explanation.
pub(crate) fn refused(status: u16, detail: &str) -> Reply {
    Reply(status, "application/json", json!({ "detail": detail }).to_string())
}

/// An answer with this status that explains nothing.
pub(crate) fn status(status: u16) -> Reply {
    Reply(status, "application/json", "{}".to_owned())
}

/// A page of something in between, with this status.
pub(crate) fn html(status: u16) -> Reply {
    text(status, "<html></html>")
}

/// Any body.
pub(crate) fn text(status: u16, body: &str) -> Reply {
    Reply(status, if body.starts_with('<') { "text/html" } else { "application/json" }, body.to_owned())
}

fn body(value: &Value) -> Reply {
    Reply(200, "application/json", value.to_string())
}

/// A description of a deployment with these flags of the two backends.
pub(crate) fn flags(first: bool, second: bool) -> Reply {
    body(&json!({"instance_flags": {"ch_query_enabled": first, "sdb_query_enabled": second}}))
}

/// A list of projects, with the id that [`project`] gives.
pub(crate) fn projects(listed: &[(&str, &str)]) -> Reply {
    let of = |(id, name): &(&str, &str)| json!({"id": project(id), "name": name});
    body(&listed.iter().map(of).collect())
}

/// The id of a project.
pub(crate) fn project(name: &str) -> String {
    sample_id(&format!("scripted:{name}")).to_string()
}

/// A page of these runs from the backend at `path`, newest first.
pub(crate) fn page(path: &str, numbers: impl IntoIterator<Item = u32>, next: Option<&str>) -> Reply {
    let runs: Vec<Value> = numbers.into_iter().map(run).collect();
    body(&if path == FIRST {
        json!({"runs": runs, "cursors": {"next": next}})
    } else {
        json!({"items": runs, "next_cursor": next})
    })
}

/// A run that is older the higher its number is: a call to a model with one message.
fn run(number: u32) -> Value {
    let id = sample_id(&format!("scripted:run:{number}"));
    let start = format!("2026-01-01T00:{:02}:{:02}.000000", 59 - number / 60, 59 - number % 60);
    json!({"id": id, "trace_id": id, "name": "call", "start_time": start, "outputs": {},
        "inputs": {"messages": [{"role": "user", "content": format!("m{number}")}]}})
}
