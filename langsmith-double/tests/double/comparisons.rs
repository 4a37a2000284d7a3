//! Experiments: run, read and compared as by LangChain's SDKs.

use langsmith_double::data::sample_id;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::client::{Probe, answer, ok, texts};

async fn experiment(probe: &Probe, name: &str) -> String {
    let dataset = sample_id("dataset:support-questions");
    let body = json!({"name": name, "reference_dataset_id": dataset, "num_examples": 6});
    let id =
        ok(probe.write(Method::POST, "/sessions", &body)).await["id"].as_str().expect("an id").to_owned();
    let run = json!({"id": sample_id(name), "name": "target", "run_type": "chain", "session_name": name,
        "inputs": {"q": name}, "outputs": {"a": name}, "end_time": "2099-01-01T00:00:00Z",
        "reference_example_id": sample_id("example:support-questions:0")});
    answer(probe.write(Method::POST, "/runs", &run), StatusCode::ACCEPTED).await;
    id
}

#[tokio::test]
async fn examples_come_with_the_runs_of_experiments() {
    let probe = Probe::start().await;
    let (one, two) = (experiment(&probe, "one").await, experiment(&probe, "two").await);
    let path = format!("/datasets/{}/runs", sample_id("dataset:support-questions"));
    let rows = ok(probe.write(Method::POST, &path, &json!({"session_ids": [one, two]}))).await;
    assert_eq!(rows.as_array().map(Vec::len), Some(6));
    let first = sample_id("example:support-questions:0").to_string();
    let with_runs = |rows: &Value| -> Vec<Value> {
        let rows = rows.as_array().expect("rows").iter();
        rows.filter(|row| row["runs"].as_array().is_some_and(|runs| !runs.is_empty())).cloned().collect()
    };
    let found = with_runs(&rows);
    assert_eq!((found.len(), &found[0]["id"]), (1, &json!(first)));
    assert_eq!(texts(&found[0]["runs"], "session_id"), [one.clone(), two.clone()]);
    assert_eq!(found[0]["runs"][0]["outputs"]["a"], "one");
    let preview = json!({"session_ids": [one], "preview": true, "example_ids": [first]});
    let preview = ok(probe.write(Method::POST, &path, &preview)).await;
    assert_eq!(preview[0]["runs"][0]["outputs"], Value::Null);
    assert_eq!(preview[0]["runs"][0]["outputs_preview"], "{\"a\":\"one\"}");
    let second = format!("/v2/datasets/{}/experiment-runs", sample_id("dataset:support-questions"));
    let mut body = json!({"experiment_ids": [one], "page_size": 4, "selects": ["OUTPUTS"]});
    let page = ok(probe.write(Method::POST, &second, &body)).await;
    body["cursor"] = page["next_cursor"].clone();
    let rest = ok(probe.write(Method::POST, &second, &body)).await;
    assert_eq!(
        (page["items"].as_array().map(Vec::len), rest["items"].as_array().map(Vec::len)),
        (Some(4), Some(2))
    );
    assert_eq!(rest["next_cursor"], Value::Null);
    let unknown = json!({"session_ids": [sample_id("nothing")]});
    answer(probe.write(Method::POST, &path, &unknown), StatusCode::NOT_FOUND).await;
}

#[tokio::test]
async fn experiments_stand_side_by_side() {
    let probe = Probe::start().await;
    let (one, two) = (experiment(&probe, "one").await, experiment(&probe, "two").await);
    let body = json!({"name": "both", "experiment_ids": [one, two]});
    let both = ok(probe.write(Method::POST, "/datasets/comparative", &body)).await;
    assert_eq!(both["reference_dataset_id"], json!(sample_id("dataset:support-questions")));
    let mark = json!({"run_id": sample_id("one"), "key": "better", "score": 1, "comparative_experiment_id": both["id"]});
    ok(probe.write(Method::POST, "/feedback", &mark)).await;
    let id = both["id"].as_str().expect("an id");
    let found = probe.json(&format!("/feedback?comparative_experiment_id={id}")).await;
    assert_eq!(texts(&found, "key"), ["better"]);
    let mixed = json!({"experiment_ids": [one, sample_id("project:support-bot")]});
    answer(probe.write(Method::POST, "/datasets/comparative", &mixed), StatusCode::BAD_REQUEST).await;
    answer(
        probe.write(Method::POST, "/datasets/comparative", &json!({"experiment_ids": []})),
        StatusCode::UNPROCESSABLE_ENTITY,
    )
    .await;
    let path = format!("/datasets/comparative/{id}");
    ok(probe.write(Method::DELETE, &path, &json!({}))).await;
    answer(probe.write(Method::DELETE, &path, &json!({})), StatusCode::NOT_FOUND).await;
}

#[tokio::test]
async fn an_experiment_itself_may_have_feedback() {
    let probe = Probe::start().await;
    let one = experiment(&probe, "one").await;
    let mark = json!({"session_id": one, "key": "precision", "score": 0.75});
    let stored = ok(probe.write(Method::POST, "/feedback", &mark)).await;
    assert_eq!((&stored["run_id"], &stored["session_id"]), (&Value::Null, &json!(one)));
    let stats = async || {
        probe.json(&format!("/sessions/{one}?include_stats=true")).await["session_feedback_stats"].clone()
    };
    assert_eq!(stats().await["precision"]["avg"], 0.75);
    let path = format!("/feedback/{}", stored["id"].as_str().expect("an id"));
    ok(probe.write(Method::DELETE, &path, &json!({}))).await;
    assert_eq!(stats().await, json!({}));
    answer(probe.write(Method::POST, "/feedback", &json!({"key": "k"})), StatusCode::UNPROCESSABLE_ENTITY)
        .await;
}

#[tokio::test]
async fn a_project_is_made_or_changed_by_its_name() {
    let probe = Probe::start().await;
    let upsert = |body: Value| probe.write(Method::POST, "/sessions?upsert=true", &body);
    let new = ok(upsert(json!({"name": "again", "description": "one"}))).await;
    let same = ok(upsert(json!({"name": "again", "extra": {"metadata": {"k": 1}}}))).await;
    assert_eq!(
        (&same["id"], &same["description"], &same["extra"]["metadata"]["k"]),
        (&new["id"], &json!("one"), &json!(1))
    );
}

#[tokio::test]
async fn numbers_are_those_of_the_runs_that_are_asked_for() {
    let probe = Probe::start().await;
    let project = sample_id("project:support-bot");
    for (body, counts_all) in
        [(json!({"session": [project], "is_root": true}), false), (json!({"session": [project]}), true)]
    {
        let stats = ok(probe.write(Method::POST, "/runs/stats", &body)).await;
        assert_eq!(stats["run_count"].as_u64().is_some_and(|count| count > 20), counts_all, "{stats}");
        assert!(stats["total_cost"].is_number());
    }
}
