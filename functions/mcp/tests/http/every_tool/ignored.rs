//! Empty values that could clear something, in calls of clients that fill in unused arguments.

use serde_json::{Value, json};

use crate::common::question;
use crate::experiments::run_experiment::experiments;
use crate::support::Server;
use crate::writes::{api, runs};

#[tokio::test]
async fn a_clear_that_was_taken_for_a_placeholder_is_named() {
    let server = Server::start().await;
    let before = api(&server, &format!("/examples/{}", question(0))).await;
    for (arguments, ignored) in [
        (
            json!({"example_id": question(0), "metadata": {"k": 1}, "outputs": {}, "split": []}),
            json!(["outputs"]),
        ),
        (
            json!({"updates": [
                {"example_id": question(0), "metadata": {"k": 1}},
                {"example_id": question(1), "metadata": {"k": 1}, "inputs": "{}", "outputs": {}, "split": ""},
            ]}),
            json!(["updates[1].outputs", "updates[1].inputs"]),
        ),
        (
            json!({"example_id": question(0), "inputs": "", "metadata": {"k": 1}, "outputs": {}}),
            json!(["outputs"]),
        ),
        (
            json!({"example_id": question(0), "dataset_id": "null", "metadata": {"k": 1}, "outputs": {}}),
            json!(["outputs"]),
        ),
        (json!({"example_id": question(0), "metadata": {"k": 1}, "outputs": null, "split": []}), Value::Null),
        // Nobody wants an example without inputs, and gives it labels at the same time.
        (
            json!({"example_id": question(0), "metadata": {"k": 1}, "inputs": {}, "outputs": {}}),
            json!(["outputs", "inputs"]),
        ),
        (
            json!({"updates": [
                {"example_id": question(0), "metadata": {"k": 1}, "inputs": {}},
                {"example_id": question(1), "metadata": {"k": 1}, "outputs": {}},
            ]}),
            json!(["updates[1].outputs", "updates[0].inputs"]),
        ),
        (
            json!({
                "updates": [{"example_id": question(0), "metadata": {"k": 1}, "outputs": {}}],
                "inputs": {}, "outputs": {}, "metadata": {},
            }),
            json!(["updates[0].outputs"]),
        ),
        (
            json!({"updates": [
                {"example_id": question(0), "metadata": {"k": 1}, "split": "None"},
                {"example_id": question(1), "metadata": {"k": 1}, "outputs": {}},
            ]}),
            json!(["updates[0].split", "updates[1].outputs"]),
        ),
        // Arguments beside `updates` would belong to no example.
        (
            json!({"updates": [{"example_id": question(0), "metadata": {"k": 1}}], "example_id": "", "outputs": {}}),
            Value::Null,
        ),
    ] {
        let report = server.call("update_examples", arguments.clone()).await;
        assert_eq!(report["_ignored"], ignored, "{arguments}");
        assert_eq!(report.get("_ignored_message").is_some(), !ignored.is_null(), "{report}");
    }
    let after = api(&server, &format!("/examples/{}", question(0))).await;
    assert_eq!((&after["outputs"], &after["metadata"]["k"]), (&before["outputs"], &json!(1)));
    let meant = server.call("update_examples", json!({"example_id": question(0), "outputs": {}})).await;
    assert_eq!(meant, json!({"updated": 1, "example_ids": [question(0)]}));
    assert_eq!(api(&server, &format!("/examples/{}", question(0))).await["outputs"], json!({}));
}

#[tokio::test]
async fn a_prompt_keeps_what_was_not_cleared_and_says_so() {
    let server = Server::start().await;
    let prompt = json!({"prompt_name": "kept", "template": "x", "tags": ["a"], "description": "d"});
    server.call("push_prompt", prompt).await;
    let strict =
        json!({"prompt_name": "kept", "template": "y", "tags": [], "description": "", "parent_commit": ""});
    let pushed = server.call("push_prompt", strict).await;
    let mut ignored: Vec<&str> =
        pushed["_ignored"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    ignored.sort_unstable();
    assert_eq!(ignored, ["description", "tags"]);
    let stored = api(&server, "/repos/-/kept").await;
    assert_eq!(stored["repo"]["description"], "d");
}

#[tokio::test]
async fn an_error_says_what_was_ignored_too() {
    let server = Server::start().await;
    let error =
        server.fail("update_examples", json!({"example_id": question(0), "outputs": {}, "split": []})).await;
    let text = error["error"].as_str().unwrap();
    assert!(text.starts_with("Nothing to change") && text.contains("placeholders, too: outputs."), "{text}");
    let arguments = json!({"updates": [{"example_id": question(0), "outputs": {}, "split": []}]});
    let text = server.fail("update_examples", arguments).await["error"].as_str().unwrap().to_owned();
    assert!(text.starts_with("updates[0]: Nothing to change") && text.contains("outputs."), "{text}");
    assert!(server.langsmith().requests().is_empty());
}

fn experiment(result: &Value) -> Value {
    json!({"experiment_name": "answers-v7", "dataset_name": "support-questions", "results": [result]})
}

#[tokio::test]
async fn no_error_beside_empty_outputs_is_a_run_with_empty_outputs() {
    let server = Server::start().await;
    let result = json!({"example_id": question(0), "outputs": {}, "error": "", "scores": {"correct": 1}});
    let report = server.call("run_experiment", experiment(&result)).await;
    assert_eq!((&report["runs_recorded"], &report["scores_recorded"]), (&json!(1), &json!(1)));
    assert_eq!(report.get("_ignored"), None);
    let recorded = runs(&server, &report["experiment_id"]);
    assert_eq!((&recorded[0]["outputs"], &recorded[0]["error"]), (&json!({}), &Value::Null));
}

#[tokio::test]
async fn words_that_are_filled_in_fail_no_run_and_replace_no_score() {
    let server = Server::start().await;
    let result = |outputs: Value, error: &str, scores: Value| {
        experiment(&json!({
            "example_id": question(0), "outputs": outputs, "error": error, "scores": scores, "start_time": "",
        }))
    };
    let first = result(json!({"answer": "x"}), "None", json!({"correct": 0.5}));
    let report = server.call("run_experiment", first).await;
    assert_eq!(report["_ignored"], json!(["results[0].error"]), "{report}");
    let again = result(json!({"answer": "x"}), "", json!({"correct": "None"}));
    let report = server.call("run_experiment", again).await;
    assert_eq!(report["_ignored"], json!(["results[0].scores.correct"]), "{report}");
    let recorded = runs(&server, &report["experiment_id"]);
    assert_eq!((recorded.len(), &recorded[0]["error"]), (1, &Value::Null));
    let experiments =
        server.call("list_experiments", json!({"reference_dataset_name": "support-questions"})).await;
    assert!(experiments.to_string().contains("0.5"), "{experiments}");
    // By itself, the word may be the error of a program.
    let mut alone = experiment(&json!({"example_id": question(1), "error": "None"}));
    alone["experiment_name"] = json!("answers-v8");
    let report = server.call("run_experiment", alone).await;
    assert_eq!(
        (runs(&server, &report["experiment_id"])[0]["error"].as_str(), report.get("_ignored")),
        (Some("None"), None)
    );
}

#[tokio::test]
async fn an_example_that_is_filled_in_shows_what_its_dataset_is_not_called() {
    let server = Server::start().await;
    let filled = json!({
        "dataset_name": "filled", "description": "None",
        "examples": [{"inputs": {"q": 1}, "outputs": "", "metadata": {}, "split": []}, null],
    });
    let report = server.call("create_dataset", filled).await;
    assert_eq!(
        (&report["examples_created"], &report["_ignored"]),
        (&json!(1), &json!(["description"])),
        "{report}"
    );
}

#[tokio::test]
async fn a_neutral_limit_shows_that_the_splits_are_filled_in() {
    let server = Server::start().await;
    let filled = json!({"dataset_name": "support-questions", "splits": ["None"], "limit": 0});
    let listed = server.call("list_examples", filled).await;
    assert_eq!(listed["_ignored"], json!(["splits"]), "{listed}");
    assert!(!listed["examples"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn scores_without_a_run_open_nothing() {
    let server = Server::start().await;
    let scores = json!({"correct": 1});
    for result in [
        json!({"example_id": question(0), "scores": scores}),
        json!({"example_id": question(0), "outputs": {}, "error": "", "start_time": "", "scores": scores}),
    ] {
        let error = server.fail("run_experiment", experiment(&result)).await;
        let text = error["error"].as_str().unwrap();
        assert_eq!(error["kind"], "not_found", "{text}");
        assert!(text.contains("cannot be scored") && text.contains("Nothing was recorded"), "{text}");
        assert_eq!(text.contains("results[0].outputs"), result.get("outputs").is_some(), "{text}");
    }
    assert!(experiments(&server).await.is_empty());
}

#[tokio::test]
async fn a_list_of_placeholders_is_named() {
    let server = Server::start().await;
    let runs = json!({"project_name": "support-bot", "limit": 2});
    let examples = json!({"dataset_name": "support-questions", "limit": 2});
    for (tool, plain, name) in [
        ("fetch_runs", &runs, "run_ids"),
        ("fetch_runs", &runs, "project_id"),
        ("fetch_runs", &runs, "select"),
        ("list_examples", &examples, "example_ids"),
        ("list_examples", &examples, "splits"),
    ] {
        let expected = server.call(tool, plain.clone()).await;
        for (value, is_noted) in
            [(json!([""]), true), (json!("[\" \"]"), true), (json!([]), false), (json!("[]"), false)]
        {
            let mut arguments = plain.clone();
            arguments[name] = value;
            let mut answer = server.call(tool, arguments.clone()).await;
            let members = answer.as_object_mut().unwrap();
            let noted = (members.remove("_ignored"), members.remove("_ignored_message"));
            assert_eq!(noted.0, is_noted.then(|| json!([name])), "{tool} {arguments}");
            assert_eq!(noted.1.is_some(), is_noted, "{tool} {arguments}");
            assert_eq!(answer, expected, "{tool} {arguments}");
        }
    }
    for words in [json!(["None"]), json!(["null", ""]), json!("[\"undefined\"]")] {
        let arguments = json!({"project_name": "support-bot", "limit": 2, "run_ids": words});
        assert_eq!(server.call("fetch_runs", arguments).await["_ignored"], json!(["run_ids"]), "{words}");
    }
}

#[tokio::test]
async fn runs_that_are_placeholders_only_are_named_by_the_tools_that_copy_them() {
    let server = Server::start().await;
    let none = json!({"dataset_name": "fresh", "source_run_ids": ["null"]});
    let report = server.call("create_dataset", none.clone()).await;
    assert_eq!((&report["examples_created"], &report["_ignored"]), (&json!(0), &json!(["source_run_ids"])));
    let message = report["_ignored_message"].as_str().unwrap();
    assert_eq!(message, "Treated as absent, because every entry is a placeholder: source_run_ids.");
    let text = server.fail("update_examples", none).await["error"].as_str().unwrap().to_owned();
    assert!(text.contains("go with source_run_ids only") && text.ends_with(message), "{text}");
    let beside = json!({"example_id": question(0), "metadata": {"k": 1}, "source_run_ids": ["None"]});
    let report = server.call("update_examples", beside).await;
    assert_eq!((&report["updated"], &report["_ignored"]), (&json!(1), &json!(["source_run_ids"])));
}
