//! Shared parts of the tests of several tools: names of the sample data, extended arguments, the requests to LangSmith,
//! and changes to it behind the server's back.

use std::collections::BTreeSet;
use std::fmt::Display;

use langsmith::http_client;
use langsmith_double::data::{ADA_KEY, sample_id};
use langsmith_double::{Fault, FaultKind, Options, Recorded, Service};
use serde_json::{Value, json};
use shared::mcp::scopes::TOOL_SCOPES;
use uuid::Uuid;

use crate::support::Server;

/// The path of the first API for queries of runs.
pub(crate) const FIRST: &str = "/api/v1/runs/query";
/// The path of the second one.
pub(crate) const SECOND: &str = "/v2/runs/query";

/// The id of an example of `support-questions`.
pub(crate) fn question(number: impl Display) -> String {
    sample_id(&format!("example:support-questions:{number}")).to_string()
}

/// Asserts that a test's list has exactly the tools that there are.
#[track_caller]
pub(crate) fn assert_every_tool_is_in(list: impl IntoIterator<Item = &'static str>) {
    let (list, all): (BTreeSet<_>, BTreeSet<_>) =
        (list.into_iter().collect(), TOOL_SCOPES.map(|(tool, _)| tool).into());
    let (missing, unknown): (Vec<_>, Vec<_>) =
        (all.difference(&list).collect(), list.difference(&all).collect());
    assert!(missing.is_empty(), "this list of tools needs a line for {missing:?}");
    assert!(unknown.is_empty(), "no tools: {unknown:?}");
}

/// A server with a LangSmith deployed like this.
pub(crate) async fn deployed(service: Service) -> Server {
    Server::with_langsmith(Options { service, ..Options::default() }).await
}

/// Arguments extended by more, which replace those of the same name.
pub(crate) fn extended(mut arguments: Value, more: &Value) -> Value {
    arguments.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    arguments
}

/// The text in `member` of each item in a list.
pub(crate) fn each<'v>(answer: &'v Value, list: &str, member: &str) -> Vec<&'v str> {
    answer[list].as_array().unwrap().iter().map(|item| item[member].as_str().unwrap()).collect()
}

/// The text in `key` of each item of the list in a listing.
pub(crate) fn names(listing: &Value, key: &str) -> Vec<String> {
    let items = listing["projects"].as_array().or(listing["prompts"].as_array()).unwrap();
    items.iter().map(|item| item[key].as_str().unwrap().to_owned()).collect()
}

/// Asserts that the text has these keys in this order.
pub(crate) fn assert_in_order(text: &str, keys: &[&str]) {
    let found: Vec<_> = keys.iter().map(|key| text.find(key).unwrap()).collect();
    assert!(found.is_sorted(), "{text}");
}

/// Asserts that every mistake is named before any request to LangSmith.
pub(crate) async fn assert_mistakes(mistakes: impl IntoIterator<Item = (&str, Value, &str)>) {
    let server = Server::start().await;
    for (tool, arguments, name) in mistakes {
        let error = server.fail(tool, arguments.clone()).await;
        assert_eq!((&error["kind"], &error["retryable"]), (&json!("invalid"), &json!(false)), "{arguments}");
        assert!(error["error"].as_str().unwrap().contains(name), "{arguments}: {error}");
    }
    assert!(server.langsmith().requests().is_empty());
}

/// The requests to paths with this end since the last such call.
pub(crate) fn asked(server: &Server, end: &str) -> Vec<Recorded> {
    let requests = server.langsmith().requests();
    server.langsmith().clear_requests();
    requests.into_iter().filter(|request| request.path.ends_with(end)).collect()
}

/// The number of requests to paths with this end.
pub(crate) fn count(server: &Server, end: &str) -> usize {
    server.langsmith().requests().iter().filter(|request| request.path.ends_with(end)).count()
}

/// Makes LangSmith misbehave for such paths, with any method.
pub(crate) fn disturb(server: &Server, path: &str, kind: FaultKind, times: Option<u32>) {
    server.langsmith().inject(Fault { method: None, path_contains: path.to_owned(), kind, times });
}

/// Creates objects in a workspace as Ada, in sequence.
pub(crate) async fn add(server: &Server, workspace: Uuid, things: &[(&str, Value)]) {
    let client = http_client(None).unwrap();
    for (path, body) in things {
        let request = client.post(format!("{}{path}", server.api()));
        let request = request.header("x-api-key", ADA_KEY).header("x-tenant-id", workspace.to_string());
        let response = request.json(body).send().await.unwrap();
        assert!(response.status().is_success(), "{path}: {}", response.status());
    }
}
