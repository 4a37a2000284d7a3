//! Shared resources are readable with the token alone, until sharing ends.

use langsmith_double::data::{GRACE_KEY, sample_id};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::client::{Probe, answer, ok, send, texts};

async fn open(probe: &Probe, path: &str) -> Value {
    ok(probe.http.get(probe.url(path))).await
}

async fn token(probe: &Probe, path: &str) -> String {
    assert_eq!(probe.json(path).await, Value::Null);
    let as_reader = probe.http.put(probe.url(path)).header("X-API-Key", GRACE_KEY);
    answer(as_reader, StatusCode::FORBIDDEN).await;
    let shared = ok(probe.write(Method::PUT, path, &json!({}))).await;
    assert_eq!(probe.json(path).await, shared);
    shared["share_token"].as_str().expect("a token").to_owned()
}

#[tokio::test]
async fn a_dataset_is_shared() {
    let probe = Probe::start().await;
    let dataset = sample_id("dataset:support-questions");
    let path = format!("/datasets/{dataset}/share");
    let token = token(&probe, &path).await;
    assert_eq!(open(&probe, &format!("/public/{token}/datasets")).await["id"], json!(dataset));
    let examples = open(&probe, &format!("/public/{token}/examples?limit=2")).await;
    assert_eq!(texts(&examples, "dataset_id"), [dataset.to_string(), dataset.to_string()]);
    let experiments = open(&probe, &format!("/public/{token}/datasets/sessions")).await;
    assert!(!experiments.as_array().expect("a list").is_empty());
    let wrong = send(probe.http.get(probe.url(&format!("/public/{token}/run")))).await.status();
    assert_eq!(wrong, StatusCode::NOT_FOUND);
    ok(probe.write(Method::DELETE, &path, &json!({}))).await;
    let ended = send(probe.http.get(probe.url(&format!("/public/{token}/datasets")))).await.status();
    assert_eq!(ended, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_run_shares_its_whole_trace() {
    let probe = Probe::start().await;
    let (root, child) = (sample_id("run:support-bot:0:0"), sample_id("run:support-bot:0:1"));
    let path = format!("/runs/{child}/share");
    let token = token(&probe, &path).await;
    assert_eq!(open(&probe, &format!("/public/{token}/run")).await["id"], json!(root));
    assert_eq!(open(&probe, &format!("/public/{token}/run/{child}")).await["id"], json!(child));
    let other = sample_id("run:support-bot:1:0");
    let foreign = send(probe.http.get(probe.url(&format!("/public/{token}/run/{other}")))).await.status();
    assert_eq!(foreign, StatusCode::NOT_FOUND);
    let query = |body: Value| probe.http.post(probe.url(&format!("/public/{token}/runs/query"))).json(&body);
    assert!(ok(query(json!({}))).await["runs"].as_array().is_some_and(|runs| runs.len() > 1));
    assert_eq!(texts(&ok(query(json!({"id": [child]}))).await["runs"], "id"), [child.to_string()]);
    let again = ok(probe.write(Method::POST, &format!("/v2/runs/{root}/share"), &json!({}))).await;
    assert_eq!(again["share_token"], json!(token));
    ok(probe.write(Method::DELETE, &path, &json!({}))).await;
    assert_eq!(probe.json(&path).await, Value::Null);
}
