//! Examples that LangSmith makes from runs, by `create_dataset` and by `update_examples`.

use http::Method;
use langsmith_double::FaultKind;
use langsmith_double::data::sample_id;
use serde_json::{Value, json};

use crate::support::Server;
use crate::writes::{api, ask, assert_failures, assert_named, assert_write_scope, inject, runs, writes};

/// Some runs that have both inputs and outputs.
async fn some(server: &Server, count: usize) -> Vec<Value> {
    let project = api(server, "/sessions?name=support-bot").await[0]["id"].clone();
    let found = runs(server, &project).into_iter();
    let whole = found.filter(|run| run["inputs"].is_object() && run["outputs"].is_object());
    let found: Vec<Value> = whole.take(count).collect();
    assert_eq!(found.len(), count);
    server.langsmith().clear_requests();
    found
}

fn ids(runs: &[Value]) -> Vec<Value> {
    runs.iter().map(|run| run["id"].clone()).collect()
}

/// Asserts that these examples are copies of these runs, in this order.
async fn assert_copies(server: &Server, examples: &Value, runs: &[Value]) {
    assert_eq!(examples.as_array().map(Vec::len), Some(runs.len()), "{examples}");
    for (id, run) in examples.as_array().unwrap().iter().zip(runs) {
        let example = api(server, &format!("/examples/{}", id.as_str().unwrap())).await;
        assert_eq!((&example["inputs"], &example["outputs"]), (&run["inputs"], &run["outputs"]));
        assert_eq!(example["source_run_id"], run["id"]);
    }
}

#[tokio::test]
async fn a_dataset_is_made_of_runs() {
    let server = Server::start().await;
    let runs = some(&server, 3).await;
    let arguments = json!({"dataset_name": "from-runs", "source_run_ids": ids(&runs)});
    let report = server.call("create_dataset", arguments.clone()).await;
    assert_eq!((&report["status"], &report["examples_created"]), (&json!("created"), &json!(3)));
    assert_copies(&server, &report["example_ids"], &runs).await;
    let sent: Vec<Value> = server
        .langsmith()
        .requests()
        .iter()
        .filter(|request| request.path.ends_with("/examples/bulk"))
        .map(|request| serde_json::from_str(&request.body).unwrap())
        .collect();
    assert_eq!(sent.len(), 1);
    assert_eq!((&sent[0][0]["use_source_run_io"], sent[0][0].get("inputs")), (&json!(true), None));
    let again = server.call("create_dataset", arguments).await;
    assert_eq!((&again["examples_created"], &again["examples_existing"]), (&json!(0), &json!(3)));
    assert_eq!(again["example_ids"], report["example_ids"]);
}

#[tokio::test]
async fn examples_and_runs_go_together_and_both_are_named() {
    let server = Server::start().await;
    let runs = some(&server, 1).await;
    let arguments = json!({
        "dataset_name": "mixed", "examples": [{"inputs": {"q": 1}}, {"inputs": {"q": 2}}],
        // The same run twice, sent as text, counts as one.
        "source_run_ids": json!([runs[0]["id"], runs[0]["id"].as_str().unwrap().to_uppercase()]).to_string(),
    });
    let report = server.call("create_dataset", arguments).await;
    assert_eq!(report["examples_created"], 3);
    let made = report["example_ids"].as_array().unwrap();
    for (id, number) in made.iter().zip([1, 2]) {
        let example = api(&server, &format!("/examples/{}", id.as_str().unwrap())).await;
        assert_eq!(example["inputs"]["q"], number);
    }
    assert_copies(&server, &json!([made[2]]), &runs).await;
}

#[tokio::test]
async fn runs_are_added_to_a_dataset_that_is_there() {
    let server = Server::start().await;
    let runs = some(&server, 2).await;
    let dataset = server.call("create_dataset", json!({"dataset_name": "open"})).await["dataset_id"].clone();
    let by_name = json!({"dataset_name": "open", "source_run_ids": ids(&runs)[..1]});
    let report = server.call("update_examples", by_name).await;
    let counts = json!([report["updated"], report["examples_created"], report["examples_existing"]]);
    assert_eq!(counts, json!([0, 1, 0]));
    let by_id = json!({"dataset_id": dataset, "source_run_ids": ids(&runs), "updates": [], "example_id": ""});
    let report = server.call("update_examples", by_id).await;
    let counts = json!([report["updated"], report["examples_created"], report["examples_existing"]]);
    assert_eq!(counts, json!([0, 1, 1]));
    assert_copies(&server, &report["example_ids"], &runs).await;
}

#[tokio::test]
async fn runs_are_added_to_the_dataset_that_has_the_name_now() {
    let server = Server::start().await;
    let runs = some(&server, 1).await;
    server.call("create_dataset", json!({"dataset_name": "open"})).await;
    // From here on the server remembers the id of the name.
    server.call("list_examples", json!({"dataset_name": "open"})).await;
    let new = server.langsmith().remake_dataset("open").unwrap();
    let arguments = json!({"dataset_name": "open", "source_run_ids": ids(&runs)});
    let report = server.call("update_examples", arguments).await;
    assert_copies(&server, &report["example_ids"], &runs).await;
    let added = format!("/examples/{}", report["example_ids"][0].as_str().unwrap());
    assert_eq!(api(&server, &added).await["dataset_id"], json!(new));
}

#[tokio::test]
async fn an_unknown_run_is_told_and_nothing_is_added() {
    let server = Server::start().await;
    let mut runs = ids(&some(&server, 1).await);
    runs.push(json!(sample_id("no run")));
    server.call("create_dataset", json!({"dataset_name": "open"})).await;
    for (tool, told) in [
        ("create_dataset", "The dataset open exists"),
        ("update_examples", "Call again with the same arguments"),
    ] {
        let error = server.fail(tool, json!({"dataset_name": "open", "source_run_ids": runs})).await;
        assert_eq!((&error["kind"], &error["retryable"]), (&json!("not_found"), &json!(false)), "{error}");
        let text = error["error"].as_str().unwrap();
        assert!(text.contains("source_run_ids") && text.contains(told), "{text}");
    }
    let stored = server.call("list_examples", json!({"dataset_name": "open"})).await;
    assert_eq!(stored["examples"], json!([]));
}

#[tokio::test]
async fn a_deleted_copy_is_named_by_its_place() {
    let server = Server::start().await;
    let runs = some(&server, 2).await;
    let arguments = json!({"dataset_name": "from-runs", "source_run_ids": ids(&runs)});
    let report = server.call("create_dataset", arguments.clone()).await;
    let path = format!("/examples/{}", report["example_ids"][1].as_str().unwrap());
    ask(&server, (Method::DELETE, &path), String::new()).await;
    for tool in ["create_dataset", "update_examples"] {
        let text = server.fail(tool, arguments.clone()).await["error"].as_str().unwrap().to_owned();
        assert!(text.starts_with("source_run_ids[1] cannot be added"), "{tool}: {text}");
        assert!(text.contains("add the run's inputs and outputs as an example"), "{tool}: {text}");
    }
}

#[tokio::test]
async fn a_lost_answer_adds_nothing_twice() {
    for tool in ["create_dataset", "update_examples"] {
        let server = Server::start().await;
        let runs = some(&server, 2).await;
        server.call("create_dataset", json!({"dataset_name": "open"})).await;
        let arguments = json!({"dataset_name": "open", "source_run_ids": ids(&runs)});
        inject(&server, (Method::POST, "/examples/bulk"), (FaultKind::AnswerLost, Some(1)));
        let report = server.call(tool, arguments.clone()).await;
        assert_eq!(report["example_ids"].as_array().map(Vec::len), Some(2), "{tool}: {report}");
        inject(&server, (Method::POST, "/examples/bulk"), (FaultKind::Status(500), None));
        assert_eq!(server.call(tool, arguments.clone()).await["examples_existing"], 2, "{tool}");
        server.langsmith().clear_faults();
        let stored = server.call("list_examples", json!({"dataset_name": "open"})).await;
        assert_eq!(stored["total_count"], 2, "{tool}");
    }
}

#[tokio::test]
async fn mistakes_are_named() {
    let run = sample_id("run");
    let many: Vec<String> = (0..101).map(|number| sample_id(&format!("{number}")).to_string()).collect();
    assert_named(
        "create_dataset",
        &[
            (json!({"dataset_name": "x", "source_run_ids": ["y"]}), "source_run_ids must be a UUID"),
            (json!({"dataset_name": "x", "source_run_ids": many}), "source_run_ids must be at most 100"),
            (json!({"source_run_ids": [run]}), "Missing argument: dataset_name"),
        ],
    )
    .await;
    assert_named(
        "update_examples",
        &[
            (json!({"source_run_ids": [run]}), "source_run_ids need dataset_id or dataset_name"),
            (json!({"source_run_ids": 5, "dataset_name": "x"}), "source_run_ids"),
            (json!({"dataset_name": "x"}), "go with source_run_ids only"),
            (json!({"dataset_name": "x", "dataset_id": run, "source_run_ids": [run]}), "not both"),
            (json!({"dataset_name": "x", "source_run_ids": [run], "example_id": run}), "Give only one of these"),
            (
                json!({"dataset_name": "x", "source_run_ids": [run], "updates": [{"example_id": run, "outputs": {}}]}),
                "Give only one of these",
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn an_unknown_dataset_is_named() {
    let server = Server::start().await;
    let (run, nowhere) = (sample_id("run"), sample_id("nowhere"));
    for (name, value, told) in [
        ("dataset_name", json!("suport-questions"), "Did you mean support-questions?".to_owned()),
        ("dataset_id", json!(nowhere), format!("Dataset {nowhere} not found")),
    ] {
        let error = server.fail("update_examples", json!({name: value, "source_run_ids": [run]})).await;
        assert_eq!(error["kind"], "not_found");
        assert!(error["error"].as_str().unwrap().contains(&told), "{error}");
    }
    assert_eq!(writes(&server), 0);
}

#[tokio::test]
async fn refusals_have_their_kind() {
    let arguments = json!({"dataset_name": "support-questions", "source_run_ids": [sample_id("run")]});
    assert_failures("update_examples", &arguments, &(Method::GET, "/datasets")).await;
    assert_write_scope("update_examples", &arguments).await;
}
