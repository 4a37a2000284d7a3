//! Shared parts of the tests of the writing tools: lost answers, refusals, and direct access to LangSmith.

use http::Method;
use langsmith::body::{MAX_BODY, read_bounded};
use langsmith::http_client;
use langsmith_double::data::ADA_KEY;
use langsmith_double::{Fault, FaultKind};
use serde_json::{Value, json};

use crate::common::assert_mistakes;
use crate::deployment::Need;
use crate::support::{Server, post};

/// LangSmith's answer to a GET by Ada.
pub(crate) async fn api(server: &Server, path: &str) -> Value {
    ask(server, (Method::GET, path), String::new()).await
}

/// The runs of a project, newest first.
pub(crate) fn runs(server: &Server, project: &Value) -> Vec<Value> {
    server.langsmith().runs(project.as_str().unwrap().parse().unwrap())
}

/// The tags that people gave a prompt: some services add a tag for its class.
pub(crate) fn given_tags(prompt: &Value) -> Vec<&str> {
    let tags = prompt["tags"].as_array().unwrap().iter().map(|tag| tag.as_str().unwrap());
    tags.filter(|tag| !tag.ends_with("PromptTemplate")).collect()
}

/// LangSmith's answer to any request by Ada.
pub(crate) async fn ask(server: &Server, (method, path): (Method, &str), body: String) -> Value {
    let request = http_client(None).unwrap().request(method, format!("{}{path}", server.api()));
    let response = request.header("x-api-key", ADA_KEY).body(body).send().await.unwrap();
    assert!(response.status().is_success(), "{path}: {}", response.status());
    serde_json::from_slice(&read_bounded(response, MAX_BODY).await.unwrap()).unwrap()
}

/// Injects a fault into LangSmith.
pub(crate) fn inject(
    server: &Server,
    (method, path): (Method, &str),
    (kind, times): (FaultKind, Option<u32>),
) {
    let fault = Fault { method: Some(method), path_contains: path.to_owned(), kind, times };
    server.langsmith().inject(fault);
}

/// The modifying requests so far, oldest first.
pub(crate) fn written(server: &Server) -> Vec<String> {
    let requests = server.langsmith().requests().into_iter();
    requests
        .filter(|request| request.method != "GET" && !request.path.ends_with("/query"))
        .map(|request| format!("{} {}", request.method, request.path))
        .collect()
}

/// The number of modifying requests so far.
pub(crate) fn writes(server: &Server) -> usize {
    written(server).len()
}

/// A call whose arguments no `Value` can represent.
pub(crate) async fn call_raw(server: &Server, tool: &str, arguments: &str) -> Value {
    let body = format!(
        r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{{"name":"{tool}","arguments":{arguments}}}}}"#
    );
    server.send(post("ada").body(body.into()).unwrap()).await.result()
}

/// Asserts that the guide is returned without arguments, to everyone who may read, and without requests to LangSmith.
pub(crate) async fn assert_guide(tool: &str, words: &[&str]) {
    let server = Server::start().await;
    for arguments in [json!({}), Value::Null, json!({"workspace_id": null, "metadata": null})] {
        let result = server.call_as("ada-reader", tool, arguments).await.result();
        let text = result["content"][0]["text"].as_str().unwrap();
        assert_eq!(
            (&result["structuredContent"], &result["isError"]),
            (&json!({"result": text}), &json!(false))
        );
        assert!((1500..4096).contains(&text.len()), "{tool}: {}", text.len());
        for word in words {
            assert!(text.contains(word), "{tool}: {word}");
        }
    }
    assert!(server.langsmith().requests().is_empty());
}

/// Asserts that a writing call needs the scope for writing.
pub(crate) async fn assert_write_scope(tool: &str, arguments: &Value) {
    let server = Server::start().await;
    let answer = server.call_as("ada-reader", tool, arguments.clone()).await;
    assert_eq!(answer.status, 403, "{answer:?}");
    assert!(answer.header("www-authenticate").contains("langsmith:write"), "{answer:?}");
    let refused = server.call_as("grace", tool, arguments.clone()).await.tool_error();
    assert_eq!((&refused["kind"], &refused["retryable"]), (&json!("forbidden"), &json!(false)));
    assert!(server.langsmith().requests().iter().all(|request| request.caller.as_deref() == Some("Grace")));
}

/// Asserts that every mistake is named before any request to LangSmith.
pub(crate) async fn assert_named(tool: &str, mistakes: &[(Value, &str)]) {
    assert_mistakes(mistakes.iter().map(|(arguments, name)| (tool, arguments.clone(), *name))).await;
}

/// Asserts, for every refusal of one kind of request, that the call fails with the right kind and reveals nothing.
pub(crate) async fn assert_failures(tool: &str, arguments: &Value, request: &(Method, &str)) {
    assert_failures_with(tool, arguments, request, ("invalid", false)).await;
}

/// The same, with the expected meaning of a conflict.
pub(crate) async fn assert_failures_with(
    tool: &str,
    arguments: &Value,
    request: &(Method, &str),
    conflict: (&str, bool),
) {
    let server = Server::needing(&[Need::OnePlace]).await;
    for (fault, kind, retryable) in [
        (FaultKind::Status(401), "auth", true),
        (FaultKind::Status(403), "forbidden", false),
        (FaultKind::Status(404), "not_found", false),
        (FaultKind::Status(409), conflict.0, conflict.1),
        (FaultKind::Status(422), "invalid", false),
        (FaultKind::RateLimited { retry_after_secs: Some(30) }, "rate_limited", true),
        (FaultKind::Status(500), "upstream", true),
        (FaultKind::Status(503), "upstream", true),
        (FaultKind::Drop, "upstream", true),
    ] {
        inject(&server, request.clone(), (fault, None));
        let error = server.fail(tool, arguments.clone()).await;
        let expected = (Some(kind), Some(retryable));
        assert_eq!((error["kind"].as_str(), error["retryable"].as_bool()), expected, "{fault:?}: {error}");
        let text = error.to_string();
        assert!(!text.contains("127.0.0.1") && !text.contains("/api/v1") && !text.contains("lsv2"), "{text}");
        server.langsmith().clear_faults();
    }
}
