//! Input that `run_experiment` refuses before anything is written.

use http::Method;
use langsmith_double::data::sample_id;
use serde_json::{Value, json};

use crate::common::{extended, question};
use crate::experiments::run_experiment::{experiments, whole};
use crate::support::Server;
use crate::writes::{api, assert_failures, assert_failures_with, assert_named, assert_write_scope, writes};

#[tokio::test]
async fn an_unknown_example_is_named_and_nothing_is_written() {
    let server = Server::start().await;
    let chats = api(&server, &format!("/examples?dataset={}", sample_id("dataset:chat-transcripts"))).await;
    for unknown in [json!(sample_id("nothing")), chats[0]["id"].clone()] {
        let mut arguments = whole();
        arguments["results"][1]["example_id"] = unknown.clone();
        let error = server.fail("run_experiment", arguments).await;
        assert_eq!(error["kind"], "not_found");
        assert!(error["error"].as_str().unwrap().contains(unknown.as_str().unwrap()), "{error}");
    }
    assert_eq!((experiments(&server).await.len(), writes(&server)), (0, 0));
}

#[tokio::test]
async fn unknown_names_are_not_found() {
    let server = Server::start().await;
    for (arguments, name) in [
        (json!({"experiment_name": "nope", "close": true}), "Experiment nope not found"),
        (json!({"experiment_name": "nope", "dataset_name": "none"}), "Dataset none not found"),
        (json!({"experiment_name": "nope", "dataset_id": sample_id("x")}), "Dataset"),
        (
            json!({"experiment_name": "nope", "dataset_id": sample_id("x"), "results": whole()["results"]}),
            "Dataset",
        ),
    ] {
        let error = server.fail("run_experiment", arguments.clone()).await;
        assert_eq!(error["kind"], "not_found", "{arguments}");
        assert!(error["error"].as_str().unwrap().contains(name), "{error}");
    }
    assert!(experiments(&server).await.is_empty());
}

#[tokio::test]
async fn another_experiment_of_the_same_name_is_left_alone() {
    let server = Server::start().await;
    server.call("run_experiment", whole()).await;
    let before = experiments(&server).await;
    for (change, name) in [
        (json!({"dataset_name": "chat-transcripts", "results": null}), "dataset"),
        (json!({"description": "other"}), "description"),
        (json!({"metadata": {"model": "other"}}), "metadata"),
        (json!({"experiment_name": "support-bot"}), "not an experiment"),
    ] {
        let error = server.fail("run_experiment", extended(whole(), &change)).await;
        assert_eq!(error["kind"], "invalid");
        assert!(error["error"].as_str().unwrap().contains(name), "{error}");
    }
    assert_eq!(experiments(&server).await, before);
}

#[tokio::test]
async fn mistakes_are_named() {
    let with = |results: Value| json!({"experiment_name": "x", "results": results});
    let result = |member: &str, value: Value| {
        let mut result = json!({"example_id": question(0), "outputs": {}});
        result[member] = value;
        with(json!([result]))
    };
    let many: Vec<Value> =
        (0..101).map(|n| json!({"example_id": question(0), "outputs": {}, "repetition": n})).collect();
    let scores: Value =
        (0..20).map(|key| (key.to_string(), json!(1))).collect::<serde_json::Map<_, _>>().into();
    let judged: Vec<Value> =
        (0..26).map(|n| json!({"example_id": question(0), "scores": scores, "repetition": n})).collect();
    assert_named("run_experiment", &[
        (json!({"dataset_name": "x"}), "Missing argument: experiment_name"),
        (json!({"experiment_name": 5}), "experiment_name"),
        (json!({"experiment_name": "n".repeat(2001)}), "experiment_name must be at most 2000"),
        (json!({"experiment_name": "a\u{7}"}), "experiment_name must be without control characters"),
        (json!({"experiment_name": "a\u{0}"}), "experiment_name must be"),
        (json!({"experiment_name": "x", "dataset_name": "a\nb"}), "dataset_name must be without control"),
        (json!({"experiment_name": "x", "dataset_name": "n".repeat(2001)}), "dataset_name must be at most 2000"),
        (json!({"experiment_name": "x", "dataset_id": "y"}), "dataset_id"),
        (json!({"experiment_name": "x", "dataset_id": sample_id("a"), "dataset_name": "b"}), "dataset_name"),
        (json!({"experiment_name": "x", "metadata": [1]}), "metadata"),
        (json!({"experiment_name": "x", "close": 1}), "close"),
        (json!({"experiment_name": "x", "bogus": 1}), "bogus"),
        (with(json!({"outputs": {}})), "results"),
        (with(json!(many)), "results"),
        (with(json!(judged)), "500 scores"),
        (with(json!([{"outputs": {}}])), "results[0]: Missing argument: example_id"),
        (with(json!([{"example_id": question(0)}])), "Nothing to record"),
        (with(json!([{"example_id": question(0), "outputs": {}}, {"example_id": question(0), "error": "x"}])), "twice"),
        (result("outputs", json!("x")), "outputs"),
        (result("outputs", json!({"x": "y".repeat(900_000)})), "results[0]"),
        (result("error", json!(1)), "error"),
        (result("error", json!("x".repeat(100_001))), "results[0]: error must be at most 100000 bytes"),
        (result("start_time", json!("9999-12-31T23:59:59-05:00")), "start_time"),
        (result("end_time", json!("0000-01-01T00:00:00Z")), "end_time"),
        (result("scores", json!(1)), "scores"),
        (result("scores", json!({"a": [1]})), "scores: a"),
        (result("start_time", json!("soon")), "start_time"),
        (result("repetition", json!(-1)), "repetition"),
        (result("bogus", json!(1)), "bogus"),
    ])
    .await;
}

#[tokio::test]
async fn writing_needs_its_scope() {
    assert_write_scope("run_experiment", &whole()).await;
}

#[tokio::test]
async fn refusals_have_their_kind() {
    for place in [(Method::GET, "/sessions"), (Method::GET, "/datasets"), (Method::GET, "/examples")] {
        assert_failures("run_experiment", &whole(), &place).await;
    }
    assert_failures("run_experiment", &whole(), &(Method::POST, "/sessions")).await;
    let close = (Method::PATCH, "/sessions/");
    assert_failures_with("run_experiment", &whole(), &close, ("upstream", true)).await;
}
