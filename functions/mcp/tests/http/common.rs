//! What the tests of several tools have in common: names of the sample data, arguments with more to them, what LangSmith was
//! asked, and what is done to it behind the server's back.

use std::fmt::Display;

use langsmith_double::data::{ADA_KEY, sample_id};
use langsmith_double::{Fault, FaultKind, Options, Recorded, Service};
use serde_json::{Value, json};
use shared::langsmith::http_client;
use uuid::Uuid;

use crate::support::Server;

/// Where the first API is asked for runs.
pub(crate) const FIRST: &str = "/api/v1/runs/query";
/// Where the second one is.
pub(crate) const SECOND: &str = "/v2/runs/query";

/// The id of an example of `support-questions`.
pub(crate) fn question(number: impl Display) -> String {
    sample_id(&format!("example:support-questions:{number}")).to_string()
}

/// A server before a deployment of this kind.
pub(crate) async fn deployed(service: Service) -> Server {
    Server::with_langsmith(Options { service, ..Options::default() }).await
}

/// Arguments with more of them, which replace those of the same name.
pub(crate) fn extended(mut arguments: Value, more: &Value) -> Value {
    arguments.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    arguments
}

/// A text of each thing in a list.
pub(crate) fn each<'v>(answer: &'v Value, list: &str, member: &str) -> Vec<&'v str> {
    answer[list].as_array().unwrap().iter().map(|item| item[member].as_str().unwrap()).collect()
}

/// These stand in the text in this order.
pub(crate) fn assert_in_order(text: &str, keys: &[&str]) {
    let found: Vec<_> = keys.iter().map(|key| text.find(key).unwrap()).collect();
    assert!(found.is_sorted(), "{text}");
}

/// Every mistake is named before anybody is asked.
pub(crate) async fn assert_mistakes(mistakes: impl IntoIterator<Item = (&str, Value, &str)>) {
    let server = Server::start().await;
    for (tool, arguments, name) in mistakes {
        let error = server.fail(tool, arguments.clone()).await;
        assert_eq!((&error["kind"], &error["retryable"]), (&json!("invalid"), &json!(false)), "{arguments}");
        assert!(error["error"].as_str().unwrap().contains(name), "{arguments}: {error}");
    }
    assert!(server.langsmith().requests().is_empty());
}

/// The requests to paths with this end since the last call of this.
pub(crate) fn asked(server: &Server, end: &str) -> Vec<Recorded> {
    let requests = server.langsmith().requests();
    server.langsmith().clear_requests();
    requests.into_iter().filter(|request| request.path.ends_with(end)).collect()
}

/// How many requests to such paths there were.
pub(crate) fn count(server: &Server, end: &str) -> usize {
    server.langsmith().requests().iter().filter(|request| request.path.ends_with(end)).count()
}

/// Lets LangSmith misbehave at such paths, whatever the method.
pub(crate) fn disturb(server: &Server, path: &str, kind: FaultKind, times: Option<u32>) {
    server.langsmith().inject(Fault { method: None, path_contains: path.to_owned(), kind, times });
}

/// Adds things to a workspace as Ada, one after the other.
pub(crate) async fn add(server: &Server, workspace: Uuid, things: &[(&str, Value)]) {
    let client = http_client(None).unwrap();
    for (path, body) in things {
        let request = client.post(format!("{}{path}", server.api()));
        let request = request.header("x-api-key", ADA_KEY).header("x-tenant-id", workspace.to_string());
        let response = request.json(body).send().await.unwrap();
        assert!(response.status().is_success(), "{path}: {}", response.status());
    }
}
