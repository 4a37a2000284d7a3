//! What the tests of the writing tools have in common: lost answers, refusals, and a look into LangSmith itself.

use http::Method;
use langsmith_double::data::ADA_KEY;
use langsmith_double::{Fault, FaultKind};
use serde_json::{Value, json};
use shared::langsmith::body::{MAX_BODY, read_bounded};
use shared::langsmith::http_client;

use crate::common::assert_mistakes;
use crate::deployment::Need;
use crate::support::{Server, post};

/// What LangSmith answers Ada.
pub(crate) async fn api(server: &Server, path: &str) -> Value {
    ask(server, (Method::GET, path), String::new()).await
}

/// The runs of a project, newest first.
pub(crate) fn runs(server: &Server, project: &Value) -> Vec<Value> {
    server.langsmith().runs(project.as_str().unwrap().parse().unwrap())
}

/// The tags that people gave a prompt: some services add the class of what it is.
pub(crate) fn given_tags(prompt: &Value) -> Vec<&str> {
    let tags = prompt["tags"].as_array().unwrap().iter().map(|tag| tag.as_str().unwrap());
    tags.filter(|tag| !tag.ends_with("PromptTemplate")).collect()
}

/// What LangSmith answers Ada to any request.
pub(crate) async fn ask(server: &Server, (method, path): (Method, &str), body: String) -> Value {
    let request = http_client(None).unwrap().request(method, format!("{}{path}", server.api()));
    let response = request.header("x-api-key", ADA_KEY).body(body).send().await.unwrap();
    assert!(response.status().is_success(), "{path}: {}", response.status());
    serde_json::from_slice(&read_bounded(response, MAX_BODY).await.unwrap()).unwrap()
}

/// Lets LangSmith misbehave.
pub(crate) fn inject(
    server: &Server,
    (method, path): (Method, &str),
    (kind, times): (FaultKind, Option<u32>),
) {
    let fault = Fault { method: Some(method), path_contains: path.to_owned(), kind, times };
    server.langsmith().inject(fault);
}

/// The requests so far that change something, oldest first.
pub(crate) fn written(server: &Server) -> Vec<String> {
    let requests = server.langsmith().requests().into_iter();
    requests
        .filter(|request| request.method != "GET" && !request.path.ends_with("/query"))
        .map(|request| format!("{} {}", request.method, request.path))
        .collect()
}

/// How many they are.
pub(crate) fn writes(server: &Server) -> usize {
    written(server).len()
}

/// A call with arguments that no `Value` can hold.
pub(crate) async fn call_raw(server: &Server, tool: &str, arguments: &str) -> Value {
    let body = format!(
        r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{{"name":"{tool}","arguments":{arguments}}}}}"#
    );
    server.send(post("ada").body(body.into()).unwrap()).await.result()
}

/// The guide comes without arguments, to whoever may read, and asks nobody.
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

/// A call that writes needs the scope for it.
pub(crate) async fn assert_write_scope(tool: &str, arguments: &Value) {
    let server = Server::start().await;
    let answer = server.call_as("ada-reader", tool, arguments.clone()).await;
    assert_eq!(answer.status, 403, "{answer:?}");
    assert!(answer.header("www-authenticate").contains("langsmith:write"), "{answer:?}");
    let refused = server.call_as("grace", tool, arguments.clone()).await.tool_error();
    assert_eq!((&refused["kind"], &refused["retryable"]), (&json!("forbidden"), &json!(false)));
    assert!(server.langsmith().requests().iter().all(|request| request.caller.as_deref() == Some("Grace")));
}

/// Every mistake is named before anybody is asked.
pub(crate) async fn assert_named(tool: &str, mistakes: &[(Value, &str)]) {
    assert_mistakes(mistakes.iter().map(|(arguments, name)| (tool, arguments.clone(), *name))).await;
}

/// Under every refusal of one kind of request the call fails with its kind and says nothing that it should not.
pub(crate) async fn assert_failures(tool: &str, arguments: &Value, request: &(Method, &str)) {
    assert_failures_with(tool, arguments, request, ("invalid", false)).await;
}

/// The same, where a conflict means this.
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
