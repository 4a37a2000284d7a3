//! The measured programs: every function with its most frequent request, the hello program, and the peer.

use std::collections::BTreeMap;

use bytes::Bytes;
use front_door::{FrontDoor, Program, bootstrap};
use hyper::Method;
use serde_json::{Value, json};
use url::Url;

use super::Plan;
use super::question::{Question, refresh, set};
use super::subject::{Kind, Subject};
use crate::Outcome;
use crate::calls::{Call, Target};
use crate::connection::Prepared;
use crate::login::{API_KEY, FORM, JSON, Login, registration};

const METADATA: &str = "/.well-known/oauth-authorization-server";

/// All programs, and the URL of their LangSmith.
pub(crate) struct Cast {
    pub(crate) subjects: Vec<Subject>,
    pub(crate) langsmith: Url,
    target: Target,
}

impl Cast {
    /// One of the programs.
    pub(crate) fn get(&self, name: &str) -> Outcome<&Subject> {
        let found = self.subjects.iter().find(|subject| subject.name() == name);
        found.ok_or_else(|| format!("{name} is not measured").into())
    }

    /// The event of a call other than the usual one.
    pub(crate) async fn call(&self, door: &FrontDoor, call: Call) -> Outcome<Value> {
        event(door, &self.target.prepare(0, call)?).await
    }
}

/// Logs in where necessary, and prepares the events.
pub(crate) async fn assemble(plan: &Plan, door: &FrontDoor) -> Outcome<Cast> {
    let url = Url::parse(&door.url)?;
    let mut login = Login::register(&url).await?;
    let (called, refreshed) = (login.grant().await?, login.grant().await?);
    let target = Target::bearer(&url, &called.access_token)?;

    let discovery = event(door, &Prepared::new(Method::GET, METADATA, &[], "")?).await?;
    let registration = Prepared::new(Method::POST, "/register", &JSON, registration())?;
    let authorize = Prepared::new(Method::GET, &login.start()?, &[], "")?;
    let token = refresh(&login.client_id, &refreshed.refresh_token);
    let token = event(door, &Prepared::new(Method::POST, "/token", &FORM, token)?).await?;
    let call = target.prepare(0, Call::ListProjects)?;
    let check = door.authorizer_event(&call.request());
    let call = event(door, &call).await?;

    let discover = || Question::Request(sent(&discovery), 200);
    let ours = [
        ("metadata", Kind::Lean, discover()),
        ("register", Kind::Sdk, Question::Request(sent(&event(door, &registration).await?), 201)),
        ("authorize", Kind::Sdk, Question::Request(sent(&event(door, &authorize).await?), 200)),
        ("token", Kind::Sdk, renew(token, &login, refreshed.refresh_token)),
        ("authorizer", Kind::Sdk, Question::Event(sent(&check))),
        ("mcp", Kind::Sdk, Question::Call(sent(&call), Call::ListProjects)),
        ("janitor", Kind::Sdk, Question::Event(Bytes::from_static(b"{}"))),
    ];
    let common = common(&door.function("mcp").program().variables);
    let hello = Program {
        function: "hello".to_owned(),
        path: bootstrap("hello"),
        arguments: Vec::new(),
        variables: common.clone(),
    };
    let mut subjects = vec![Subject { kind: Kind::Hello, program: hello, question: discover() }];
    subjects.extend(ours.map(|(name, kind, question)| Subject {
        kind,
        program: door.function(name).program().clone(),
        question,
    }));
    let question = Question::Call(sent(&with_key(call)), Call::ListProjects);
    subjects.push(Subject { kind: Kind::Peer, program: peer(plan, common.clone()), question });
    let langsmith = common.get("LANGSMITH_ENDPOINT").ok_or("no LangSmith")?;
    Ok(Cast { subjects, langsmith: Url::parse(langsmith)?, target })
}

fn renew(event: Value, login: &Login, token: String) -> Question {
    Question::Refresh { event, client_id: login.client_id.clone(), token }
}

/// `FastMCP`, started like the managed Python runtime does.
fn peer(plan: &Plan, mut variables: BTreeMap<String, String>) -> Program {
    let handler = plan.scripts.join("lambda").display().to_string();
    variables.extend([("PYTHONPATH", handler)].map(|(name, value)| (name.to_owned(), value)));
    Program {
        function: "FastMCP".to_owned(),
        path: plan.python.clone(),
        arguments: ["-m", "awslambdaric", "handler.handler"].map(ToOwned::to_owned).into(),
        variables,
    }
}

/// The variables that Lambda sets for every program, and LangSmith's endpoint.
fn common(variables: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let common = |name: &str| name.starts_with("AWS_") || name == "LANGSMITH_ENDPOINT";
    variables
        .iter()
        .filter(|(name, _)| common(name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

async fn event(door: &FrontDoor, request: &Prepared) -> Outcome<Value> {
    let host = door.url.trim_start_matches("http://").to_owned();
    Ok(door.event(&request.clone().with_header("host", &host)?.request()).await)
}

/// The same event with an API key: the peer has no logins.
pub(crate) fn with_key(mut event: Value) -> Value {
    set(&mut event, "/headers", "X-Api-Key", json!(API_KEY));
    set(&mut event, "/multiValueHeaders", "X-Api-Key", json!([API_KEY]));
    event
}

pub(crate) fn sent(event: &Value) -> Bytes {
    Bytes::from(event.to_string())
}
