//! `update_examples`. The tests verify its writes in LangSmith itself.

use http::Method;
use langsmith_double::FaultKind;
use langsmith_double::data::sample_id;
use serde_json::{Value, json};

use crate::common::question;
use crate::support::Server;
use crate::writes::{
    api, assert_failures, assert_guide, assert_named, assert_write_scope, call_raw, inject, writes,
};

async fn stored(server: &Server, number: u32) -> Value {
    api(server, &format!("/examples/{}", question(number))).await
}

#[tokio::test]
async fn without_arguments_it_is_a_guide() {
    assert_guide("update_examples", &["update_example(", "update_examples(", "split", "example_ids"]).await;
}

#[tokio::test]
async fn one_example_changes_in_what_is_given() {
    let server = Server::start().await;
    let before = stored(&server, 0).await;
    let report = server
        .call(
            "update_examples",
            json!({"example_id": question(0).to_uppercase(), "outputs": {"answer": "new"}}),
        )
        .await;
    assert_eq!(report, json!({"updated": 1, "example_ids": [question(0)]}));
    let after = stored(&server, 0).await;
    assert_eq!((&after["outputs"], &after["inputs"]), (&json!({"answer": "new"}), &before["inputs"]));
    assert_eq!(after["metadata"], before["metadata"]);
    server
        .call(
            "update_examples",
            json!({"example_id": question(0), "split": ["a", "b"], "metadata": {"k": 1}}),
        )
        .await;
    let after = stored(&server, 0).await;
    assert_eq!(after["metadata"], json!({"k": 1, "dataset_split": ["a", "b"]}));
    assert_eq!(after["outputs"], json!({"answer": "new"}));
}

#[tokio::test]
async fn many_change_in_one_request() {
    let server = Server::start().await;
    let updates = json!([
        {"example_id": question(0), "inputs": {"question": "x"}},
        {"example_id": question(1), "split": "test"},
        {"example_id": question(2), "metadata": "{\"reviewed\": true}"},
    ]);
    let expected = json!({"updated": 3, "example_ids": [question(0), question(1), question(2)]});
    assert_eq!(server.call("update_examples", json!({ "updates": updates })).await, expected);
    assert_eq!(writes(&server), 1);
    assert_eq!(stored(&server, 0).await["inputs"], json!({"question": "x"}));
    assert_eq!(stored(&server, 1).await["metadata"]["dataset_split"], json!(["test"]));
    assert_eq!(stored(&server, 2).await["metadata"]["reviewed"], true);
    assert_eq!(server.call("update_examples", json!({"updates": updates.to_string()})).await, expected);
}

#[tokio::test]
async fn an_unknown_example_is_named_and_nothing_changes() {
    let server = Server::start().await;
    let before = stored(&server, 0).await;
    let unknown = sample_id("nothing").to_string();
    let updates = json!([{"example_id": question(0), "outputs": {}}, {"example_id": unknown, "outputs": {}}]);
    let error = server.fail("update_examples", json!({ "updates": updates })).await;
    assert_eq!(error["kind"], "not_found");
    assert!(error["error"].as_str().unwrap().contains(&unknown), "{error}");
    assert!(!error["error"].as_str().unwrap().contains(&question(0)), "{error}");
    assert_eq!((stored(&server, 0).await, writes(&server)), (before, 0));
    let many: Vec<Value> = (0..200)
        .map(|number| json!({"example_id": sample_id(&format!("no:{number}")), "outputs": {}}))
        .collect();
    let error = server.fail("update_examples", json!({ "updates": many })).await;
    assert!(error["error"].as_str().unwrap().contains("and others"), "{error}");
}

#[tokio::test]
async fn what_does_not_fit_the_schema_changes_nothing() {
    let server = Server::start().await;
    let before = stored(&server, 1).await;
    let updates = json!([{"example_id": question(1), "outputs": {"a": 1}}, {"example_id": question(0), "inputs": {"other": 1}}]);
    let error = server.fail("update_examples", json!({ "updates": updates })).await;
    assert_eq!((&error["kind"], &error["retryable"]), (&json!("invalid"), &json!(false)));
    assert_eq!(stored(&server, 1).await, before);
}

#[tokio::test]
async fn examples_of_several_datasets_change_one_dataset_at_a_time() {
    let server = Server::start().await;
    let chats = api(&server, &format!("/examples?dataset={}", sample_id("dataset:chat-transcripts"))).await;
    let chat = chats[0]["id"].clone();
    let updates = json!([{"example_id": question(0), "metadata": {"k": 1}}, {"example_id": chat, "metadata": {"k": 1}}]);
    server.call("update_examples", json!({ "updates": updates })).await;
    assert_eq!(writes(&server), 2);
    inject(&server, (Method::PATCH, "/examples/bulk"), (FaultKind::Status(500), None));
    let error = server.fail("update_examples", json!({ "updates": updates })).await;
    assert!(
        error["error"].as_str().unwrap().contains("0 examples of other datasets were changed"),
        "{error}"
    );
}

#[tokio::test]
async fn a_lost_answer_does_no_harm() {
    for times in [1, 3] {
        let server = Server::start().await;
        let arguments =
            json!({"example_id": question(0), "outputs": {"answer": "new"}, "metadata": {"k": 1}});
        inject(&server, (Method::PATCH, "/examples/bulk"), (FaultKind::AnswerLost, Some(times)));
        if times == 3 {
            let error = server.fail("update_examples", arguments.clone()).await;
            assert_eq!((&error["kind"], &error["retryable"]), (&json!("upstream"), &json!(true)));
        }
        assert_eq!(server.call("update_examples", arguments).await["updated"], 1);
        let after = stored(&server, 0).await;
        assert_eq!((&after["outputs"], &after["metadata"]["k"]), (&json!({"answer": "new"}), &json!(1)));
        let all = api(&server, &format!("/examples?id={}", question(0))).await;
        assert_eq!(all.as_array().map(Vec::len), Some(1));
    }
}

#[tokio::test]
async fn odd_values_arrive_as_they_are() {
    let server = Server::start().await;
    let chats = api(&server, &format!("/examples?dataset={}", sample_id("dataset:chat-transcripts"))).await;
    let odd = r#"{"answer":"\ud83d","n":1e400}"#;
    let arguments = format!(r#"{{"example_id":{},"outputs":{odd}}}"#, chats[0]["id"]);
    let result = call_raw(&server, "update_examples", &arguments).await;
    assert_eq!(result["isError"], false, "{result}");
    assert!(server.langsmith().requests().last().unwrap().body.contains(odd));
    let deep = format!(
        r#"{{"example_id":"{}","outputs":{{"a":{}{}}}}}"#,
        question(0),
        "[".repeat(5000),
        "]".repeat(5000)
    );
    let result = call_raw(&server, "update_examples", &deep).await;
    assert_eq!(result["structuredContent"]["error"], "outputs nests deeper than 100 levels.");
    let nul = format!(r#"{{"example_id":"{}","metadata":{{"a":{{"\u0000":1}}}}}}"#, question(0));
    let result = call_raw(&server, "update_examples", &nul).await;
    assert_eq!(result["structuredContent"]["error"], "metadata must be JSON without the character U+0000.");
}

#[tokio::test]
async fn mistakes_are_named() {
    let one = || json!({"example_id": question(0), "outputs": {}});
    let many: Vec<Value> = (0..201)
        .map(|number| json!({"example_id": sample_id(&format!("{number}")), "outputs": {}}))
        .collect();
    assert_named(
        "update_examples",
        &[
            (json!({"outputs": {"answer": 1}}), "Missing argument: example_id"),
            (json!({"example_id": "x", "outputs": {}}), "example_id"),
            (json!({"example_id": question(0)}), "Nothing to change"),
            (json!({"example_id": question(0), "split": []}), "Nothing to change"),
            (
                json!({"updates": [{"example_id": question(0), "outputs": {}, "split": ""}]}),
                "updates[0]: Nothing to change",
            ),
            (json!({"example_id": question(0), "inputs": [1]}), "inputs"),
            (json!({"example_id": question(0), "inputs": {}, "bogus": 1}), "bogus"),
            (json!({"updates": [one()], "example_id": question(1)}), "Give only one of these"),
            (json!({"updates": [one()], "outputs": {}}), "Give only one of these"),
            (json!({"updates": [one(), one()]}), "twice"),
            (json!({"updates": {"example_id": question(0)}}), "updates"),
            (json!({ "updates": many }), "updates"),
            (json!({"updates": [one(), {"example_id": question(1)}]}), "updates[1]: Nothing to change"),
            (json!({"updates": [{"example_id": "x", "outputs": {}}]}), "updates[0]: example_id"),
            (json!({"updates": [{"example_id": question(1), "outputs": {}, "bogus": 1}]}), "bogus"),
        ],
    )
    .await;
}

#[tokio::test]
async fn writing_needs_its_scope() {
    assert_write_scope("update_examples", &json!({"example_id": question(0), "outputs": {}})).await;
}

#[tokio::test]
async fn refusals_have_their_kind() {
    let arguments = json!({"example_id": question(0), "outputs": {}});
    for place in [(Method::GET, "/examples"), (Method::PATCH, "/examples/bulk")] {
        assert_failures("update_examples", &arguments, &place).await;
    }
}

#[tokio::test]
async fn examples_too_large_to_be_looked_up_together_are_looked_up_apart() {
    let server = Server::start().await;
    inject(&server, (Method::GET, "/examples"), (FaultKind::Oversized(9 * 1024 * 1024), Some(1)));
    let updates: Vec<Value> =
        (0..3).map(|number| json!({"example_id": question(number), "outputs": {}})).collect();
    assert_eq!(server.call("update_examples", json!({ "updates": updates })).await["updated"], 3);
    let lookups = server.langsmith().requests().iter().filter(|request| request.method == "GET").count();
    assert_eq!(lookups, 3);
}
