//! Versions, tags and splits of a dataset, and changes to it.

use langsmith_double::data::{ADA_KEY, GRACE_KEY, sample_id};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::client::{Probe, answer, ok, texts};

async fn dataset(probe: &Probe) -> String {
    let body = json!({"name": "versioned", "data_type": "kv"});
    ok(probe.write(Method::POST, "/datasets", &body)).await["id"].as_str().expect("an id").to_owned()
}

async fn add(probe: &Probe, dataset: &str, number: usize) -> String {
    let body = json!({"dataset_id": dataset, "inputs": {"n": number}});
    ok(probe.write(Method::POST, "/examples", &body)).await["id"].as_str().expect("an id").to_owned()
}

#[tokio::test]
async fn every_change_is_a_version() {
    let probe = Probe::start().await;
    let dataset = dataset(&probe).await;
    let base = format!("/datasets/{dataset}");
    let version = format!("{base}/version?tag=latest");
    answer(probe.get(&version, ADA_KEY), StatusCode::NOT_FOUND).await;
    let (one, two) = (add(&probe, &dataset, 1).await, add(&probe, &dataset, 2).await);
    ok(probe.write(Method::PATCH, &format!("/examples/{one}"), &json!({"outputs": {"x": 1}}))).await;
    ok(probe.write(Method::DELETE, &format!("/examples?example_ids={two}"), &json!({}))).await;
    let versions = probe.json(&format!("{base}/versions")).await;
    let moments = texts(&versions, "as_of");
    assert_eq!(moments.len(), 4, "{versions}");
    assert!(moments.is_sorted_by(|left, right| left > right), "newest first");
    assert_eq!(probe.json(&version).await, json!({"as_of": moments[0], "tags": ["latest"]}));
    let encoded = |at: &str| at.replace('+', "%2B");
    let before = format!("/examples?dataset={dataset}&as_of={}", encoded(&moments[1]));
    assert_eq!(texts(&probe.json(&before).await, "id").len(), 2, "the past keeps what was deleted");
    assert_eq!(texts(&probe.json(&format!("/examples?dataset={dataset}")).await, "id"), [one.as_str()]);
    let diff = format!("{base}/versions/diff?from_version={}&to_version=latest", encoded(&moments[2]));
    let diff = probe.json(&diff).await;
    assert_eq!(diff, json!({"examples_added": [], "examples_removed": [two], "examples_modified": [one]}));
    let of_one = probe.json(&format!("{base}/versions?example={one}&limit=1&offset=1")).await;
    assert_eq!(texts(&of_one, "as_of"), [moments[3].clone()]);
}

#[tokio::test]
async fn a_tag_moves_to_an_exact_version() {
    let probe = Probe::start().await;
    let dataset = dataset(&probe).await;
    let base = format!("/datasets/{dataset}");
    let (one, _) = (add(&probe, &dataset, 1).await, add(&probe, &dataset, 2).await);
    let moments = texts(&probe.json(&format!("{base}/versions")).await, "as_of");
    let tag = |as_of: &str| {
        probe.write(Method::PUT, &format!("{base}/tags"), &json!({"as_of": as_of, "tag": "prod"}))
    };
    for moment in [&moments[0], &moments[1]] {
        assert_eq!(ok(tag(moment)).await["as_of"], json!(moment));
    }
    assert_eq!(texts(&probe.json(&format!("/examples?dataset={dataset}&as_of=prod")).await, "id"), [one]);
    let named = probe.json(&format!("{base}/versions?search=pro")).await;
    assert_eq!(named, json!([{"as_of": moments[1], "tags": ["prod"]}]));
    answer(tag("2020-01-01T00:00:00Z"), StatusCode::UNPROCESSABLE_ENTITY).await;
    answer(tag("nothing"), StatusCode::NOT_FOUND).await;
}

#[tokio::test]
async fn splits_are_lists_in_the_metadata() {
    let probe = Probe::start().await;
    let dataset = dataset(&probe).await;
    let splits = format!("/datasets/{dataset}/splits");
    let (one, two) = (add(&probe, &dataset, 1).await, add(&probe, &dataset, 2).await);
    let change = |remove: bool| json!({"split_name": "test", "examples": [one], "remove": remove});
    assert_eq!(ok(probe.write(Method::PUT, &splits, &change(false))).await, json!([one]));
    assert_eq!(probe.json(&splits).await, json!(["base", "test"]));
    let in_test = format!("/examples?dataset={dataset}&splits=test");
    assert_eq!(texts(&probe.json(&in_test).await, "id"), [one.as_str()]);
    ok(probe.write(Method::PUT, &splits, &change(true))).await;
    assert_eq!(probe.json(&splits).await, json!(["base"]));

    let path = format!("/v1/platform/datasets/{dataset}/examples/metadata");
    let missing = sample_id("nothing");
    let operations = json!([
        {"key": "dataset_split", "operation": "array_add", "values": ["hard"]},
        {"key": "topic", "operation": "SET", "value": "x"},
        {"key": "seen", "operation": "ARRAY_ADD", "values": ["a", "b"]},
        {"key": "seen", "operation": "ARRAY_REMOVE", "values": ["a"]},
    ]);
    let body = json!({"example_ids": [two, missing], "operations": operations});
    let statuses = answer(probe.write(Method::PATCH, &path, &body), StatusCode::MULTI_STATUS).await;
    assert_eq!(texts(&statuses["statuses"], "status"), ["UPDATED", "NOT_FOUND"]);
    let metadata = probe.json(&format!("/examples/{two}")).await["metadata"].clone();
    assert_eq!(metadata, json!({"dataset_split": ["base", "hard"], "topic": "x", "seen": ["b"]}));
    let wrong = json!({"example_ids": [two], "operations": [{"key": "k", "operation": "swap"}]});
    answer(probe.write(Method::PATCH, &path, &wrong), StatusCode::UNPROCESSABLE_ENTITY).await;
}

#[tokio::test]
async fn a_dataset_is_changed_and_copied() {
    let probe = Probe::start().await;
    let dataset = dataset(&probe).await;
    let path = format!("/datasets/{dataset}");
    let change = json!({"name": "renamed", "description": "d", "metadata": {"k": 1}});
    ok(probe.write(Method::PATCH, &path, &change)).await;
    ok(probe.write(Method::PATCH, &path, &json!({"description": null}))).await;
    let read: Value = probe.json(&path).await;
    assert_eq!(
        (&read["name"], &read["description"], &read["metadata"]["k"]),
        (&json!("renamed"), &Value::Null, &json!(1))
    );
    let taken = json!({"name": "support-questions"});
    answer(probe.write(Method::PATCH, &path, &taken), StatusCode::CONFLICT).await;
    let copy = json!({"target_dataset_id": dataset, "source_dataset_id": sample_id("dataset:support-questions"), "split": "hard"});
    let copies = ok(probe.write(Method::POST, "/datasets/clone", &copy)).await;
    let listed = probe.json(&format!("/examples?dataset={dataset}")).await;
    assert_eq!(listed, copies);
    assert_eq!(copies.as_array().map(Vec::len), Some(1));
    let as_reader = probe.http.patch(probe.url(&path)).header("X-API-Key", GRACE_KEY).json(&change);
    answer(as_reader, StatusCode::FORBIDDEN).await;
}
