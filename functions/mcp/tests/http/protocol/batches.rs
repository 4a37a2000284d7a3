//! JSON-RPC batches, which only revision 2025-03-26 has.

use axum::body::Body;
use http::Request;
use kit::{meta_of, request};
use langsmith_double::data::{ADA_KEY, TEAM_WORKSPACE};
use mcp::auth::{UnauthorizedOutcome, WorkspaceAccess};
use oauth::scope::ScopeSet;
use primitives::ids::WorkspaceId;
use serde_json::{Value, json};

use crate::deployment::Need;
use crate::support::{Answer, Server, identity, post};

fn batch(bearer: &str, version: &str, messages: &Value) -> Request<Body> {
    let request =
        if version.is_empty() { post(bearer) } else { post(bearer).header("mcp-protocol-version", version) };
    request.body(messages.to_string().into()).unwrap()
}

/// A batch as Ada, without a version.
async fn send(server: &Server, messages: Value) -> Answer {
    server.send(batch("ada", "", &messages)).await
}

/// The answers in a 200.
fn answers(answer: &Answer) -> Vec<Value> {
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.header("content-type"), "application/json");
    let answers: Vec<Value> = serde_json::from_value(answer.json()).unwrap();
    assert!(answers.iter().all(|answer| answer["jsonrpc"] == "2.0"), "{answers:?}");
    answers
}

fn ping(id: impl Into<Value>) -> Value {
    let id: Value = id.into();
    json!({"jsonrpc": "2.0", "id": id, "method": "ping"})
}

fn call(id: u64, tool: &str, arguments: &Value) -> Value {
    json!({"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": {"name": tool, "arguments": arguments}})
}

fn ids(answers: &[Value]) -> Vec<Value> {
    answers.iter().map(|answer| answer["id"].clone()).collect()
}

fn codes(answers: &[Value]) -> Vec<Option<i64>> {
    answers.iter().map(|answer| answer["error"]["code"].as_i64()).collect()
}

#[tokio::test]
async fn up_to_twenty_messages_are_answered_in_their_order() {
    let server = Server::start().await;
    for version in ["", "2025-03-26", "2025-03-26, 2025-03-26"] {
        for count in [1, 2, 20] {
            let asked: Vec<Value> = (0..count).rev().map(Value::from).collect();
            let messages: Value = asked.iter().cloned().map(ping).collect();
            let answers = answers(&server.send(batch("ada", version, &messages)).await);
            assert_eq!(ids(&answers), asked, "{version}");
            assert!(answers.iter().all(|answer| answer["result"] == json!({})), "{answers:?}");
        }
    }
    let answer = server.post(r#" [{"jsonrpc":"2.0","id":"a\u0062","method":"ping"}] "#).await;
    assert_eq!(answer.body, br#"[{"jsonrpc":"2.0","id":"a\u0062","result":{}}]"#);
}

#[tokio::test]
async fn no_message_and_more_than_twenty_are_refused() {
    let server = Server::start().await;
    for version in ["", "2025-03-26"] {
        for count in [0_u64, 21] {
            let messages: Value = (0..count).map(ping).collect();
            let answer = server.send(batch("ada", version, &messages)).await;
            assert_eq!(answer.error(400), -32600, "{count}");
            assert_eq!(answer.json()["id"], Value::Null);
        }
    }
}

#[tokio::test]
async fn other_revisions_have_no_batches() {
    let server = Server::start().await;
    for version in
        ["2024-11-05", "2025-06-18", "2025-11-25", "2026-07-28", "2023-01-01", "2025-03-26, 2025-06-18"]
    {
        let answer = server.send(batch("ada", version, &json!([ping(1)]))).await;
        assert_eq!(answer.error(400), -32600, "{version}");
        assert!(answer.json()["error"]["message"].as_str().unwrap().contains("2025-03-26"), "{version}");
    }
}

#[tokio::test]
async fn what_wants_no_answer_gets_none() {
    let server = Server::start().await;
    let initialized = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
    let response = json!({"jsonrpc": "2.0", "id": 9, "result": {}});
    let unknown = json!({"jsonrpc": "2.0", "id": "x", "method": "no/such"});
    let mixed = answers(&send(&server, json!([ping(1), initialized, response, unknown])).await);
    assert_eq!((ids(&mixed), codes(&mixed)), (vec![json!(1), json!("x")], vec![None, Some(-32601)]));
    for silent in [json!([initialized]), json!([response, initialized])] {
        let answer = send(&server, silent).await;
        assert_eq!((answer.status.as_u16(), answer.body.len()), (202, 0));
    }
}

#[tokio::test]
async fn a_bad_message_spoils_no_other() {
    let server = Server::start().await;
    let messages = json!([
        1, [], [ping(2)], null, {"foo": "bar"},
        {"jsonrpc": "2.0", "id": null, "method": "ping"},
        {"id": 7, "method": "ping"},
        {"jsonrpc": "2.0", "id": 8, "method": "ping", "params": [1]},
        ping(9),
    ]);
    let answers = answers(&send(&server, messages).await);
    let null = Value::Null;
    let expected =
        [&null, &null, &null, &null, &null, &null, &json!(7), &json!(8), &json!(9)].map(Value::clone);
    assert_eq!(ids(&answers), expected);
    let mut expected = vec![Some(-32600); 7];
    expected.extend([Some(-32602), None]);
    assert_eq!(codes(&answers), expected);
}

#[tokio::test]
async fn a_broken_batch_is_broken_json() {
    let server = Server::start().await;
    for body in ["[", r#"[{"jsonrpc":"2.0","id":1,"method":"ping"}"#, r#"[{"jsonrpc":"2.0","id":1,}]"#, "[]]"]
    {
        assert_eq!(server.post(body).await.error(400), -32700, "{body}");
    }
    assert_eq!(server.post("[".repeat(1_000_000)).await.error(400), -32700);
}

#[tokio::test]
async fn a_handshake_is_no_part_of_a_batch() {
    let server = Server::start().await;
    let initialize = json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"protocolVersion": "2025-03-26"}});
    let answers = answers(&send(&server, json!([initialize, ping(2)])).await);
    assert_eq!(codes(&answers), [Some(-32600), None]);
    assert!(answers[0]["error"]["message"].as_str().unwrap().contains("initialize"), "{answers:?}");
}

#[tokio::test]
async fn a_message_of_the_modern_era_is_no_part_of_a_batch() {
    let server = Server::start().await;
    let list = request("tools/list", &json!({"_meta": meta_of(&json!("Anthropic/ClaudeAI"))}));
    let answers = answers(&send(&server, json!([list, ping(2)])).await);
    assert_eq!(codes(&answers), [Some(-32020), None]);
}

#[tokio::test]
async fn calls_run_one_after_the_other() {
    let server = Server::start().await;
    let messages = json!([
        call(1, "create_dataset", &json!({"dataset_name": "towns", "examples": [{"inputs": {"q": "Peru?"}}]})),
        call(2, "list_examples", &json!({"dataset_name": "towns"})),
        call(3, "read_dataset", &json!({"dataset_name": "no-such-dataset"})),
        call(4, "no_such_tool", &json!({})),
        {"jsonrpc": "2.0", "id": 5, "method": "tools/list"},
    ]);
    let answers = answers(&send(&server, messages).await);
    assert_eq!(codes(&answers), [None, None, None, Some(-32602), None]);
    let results: Vec<_> = answers.iter().map(|answer| &answer["result"]["isError"]).collect();
    assert_eq!(results[..3], [&json!(false), &json!(false), &json!(true)], "{answers:?}");
    assert_eq!(answers[1]["result"]["structuredContent"]["examples"].as_array().unwrap().len(), 1);
    assert!(answers[4]["result"]["tools"].is_array());
}

#[tokio::test]
async fn a_batch_without_a_credential_is_challenged_as_one_message_is() {
    let server = Server::start().await;
    let answer = server.send(batch("nobody", "", &json!([ping(1), ping(2)]))).await;
    assert_eq!(answer.error(401), 401);
    assert!(answer.header("www-authenticate").contains("error=\"invalid_token\""));
}

#[tokio::test]
async fn a_missing_scope_is_challenged_before_anything_runs() {
    let server = Server::start().await;
    let create = call(2, "create_dataset", &json!({"dataset_name": "towns"}));
    let usage =
        call(3, "get_billing_usage", &json!({"starting_on": "2026-01-01", "ending_before": "2026-02-01"}));
    let read = call(4, "list_projects", &json!({}));
    for (messages, needed) in [
        (json!([ping(1), create]), "scope=\"langsmith:read langsmith:write\""),
        (json!([read, create, usage]), "scope=\"langsmith:read langsmith:write billing:read\""),
    ] {
        let answer = server.send(batch("ada-reader", "2025-03-26", &messages)).await;
        assert_eq!(answer.error(403), 403);
        let challenge = answer.header("www-authenticate");
        assert!(
            challenge.contains("error=\"insufficient_scope\"") && challenge.ends_with(needed),
            "{challenge}"
        );
    }
    assert!(server.langsmith().requests().is_empty());
    let covered = answers(&server.send(batch("ada-reader", "", &json!([read, ping(1)]))).await);
    assert_eq!(codes(&covered), [None, None]);
}

/// Sets the outcomes, in order, of the authenticator's decisions when LangSmith refuses a credential.
fn decide(server: &Server, outcomes: impl IntoIterator<Item = UnauthorizedOutcome>) {
    server.authenticator.outcomes.lock().unwrap().extend(outcomes);
}

fn fresh() -> UnauthorizedOutcome {
    let team = WorkspaceAccess::One(WorkspaceId::new(TEAM_WORKSPACE.to_string()));
    UnauthorizedOutcome::Retry(identity(ADA_KEY, team, ScopeSet::all()))
}

#[tokio::test]
async fn a_dead_login_is_that_of_the_whole_batch_unless_a_call_is_done() {
    let server = Server::needing(&[Need::OnePlace]).await;
    let read = |id| call(id, "list_projects", &json!({}));
    decide(&server, [UnauthorizedOutcome::Dead]);
    let answer = server.send(batch("stale", "", &json!([ping(1), read(2), read(3)]))).await;
    assert_eq!(answer.error(401), 401);
    assert!(answer.header("www-authenticate").contains("error=\"invalid_token\""));
    // The first call is repeated with a fresh credential; the second finds the login dead, and the third is not made.
    decide(&server, [fresh(), UnauthorizedOutcome::Dead, fresh()]);
    let answers =
        answers(&server.send(batch("stale", "", &json!([read(1), read(2), read(3), ping(4)]))).await);
    assert_eq!(codes(&answers), [None, Some(401), Some(401), None]);
    assert_eq!(answers[0]["result"]["isError"], false);
    assert_eq!(server.authenticator.outcomes.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn the_answers_of_a_batch_are_bounded() {
    let server = Server::start().await;
    let id = |number: u64| format!("{number}{}", "x".repeat(45_000));
    let mut messages: Vec<Value> =
        (0..19).map(|number| json!({"jsonrpc": "2.0", "id": id(number), "method": "tools/list"})).collect();
    messages.push(call(19, "create_dataset", &json!({"dataset_name": "towns"})));
    let answer = send(&server, messages.into()).await;
    assert!(answer.body.len() < 2 * 1_048_576, "{} bytes", answer.body.len());
    let answers = answers(&answer);
    assert_eq!(answers.len(), 20);
    assert!(answers[0]["result"]["tools"].is_array());
    assert_eq!((&answers[19]["id"], &answers[19]["error"]["code"]), (&json!(19), &json!(413)));
    assert!(server.langsmith().requests().is_empty());
}
