//! Deletions: they include dependent resources, and need permission.

use langsmith_double::data::{ADA_KEY, GRACE_KEY, sample_id};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::client::{Probe, answer, ok, texts};

async fn delete(probe: &Probe, path: &str) {
    let as_reader = probe.http.delete(probe.url(path)).header("X-API-Key", GRACE_KEY);
    answer(as_reader, StatusCode::FORBIDDEN).await;
    ok(probe.write(Method::DELETE, path, &json!({}))).await;
    answer(probe.write(Method::DELETE, path, &json!({})), StatusCode::NOT_FOUND).await;
}

#[tokio::test]
async fn a_project_takes_its_runs_along() {
    let probe = Probe::start().await;
    let (project, run) = (sample_id("project:support-bot"), sample_id("run:support-bot:0:0"));
    let mark =
        ok(probe.write(Method::POST, "/feedback", &json!({"run_id": run, "key": "k", "score": 1}))).await;
    delete(&probe, &format!("/sessions/{project}")).await;
    let feedback = format!("/feedback/{}", mark["id"].as_str().expect("an id"));
    for path in [format!("/sessions/{project}"), format!("/runs/{run}"), feedback] {
        assert_eq!(probe.status(&path, ADA_KEY).await, StatusCode::NOT_FOUND, "{path}");
    }
    ok(probe.write(Method::POST, "/sessions", &json!({"name": "support-bot"}))).await;
}

#[tokio::test]
async fn a_dataset_takes_its_examples_along() {
    let probe = Probe::start().await;
    let (dataset, example) =
        (sample_id("dataset:support-questions"), sample_id("example:support-questions:0"));
    delete(&probe, &format!("/datasets/{dataset}")).await;
    for path in [format!("/datasets/{dataset}"), format!("/examples/{example}")] {
        assert_eq!(probe.status(&path, ADA_KEY).await, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn examples_go_softly_or_from_every_version() {
    let probe = Probe::start().await;
    let (soft, hard) = (sample_id("example:support-questions:0"), sample_id("example:support-questions:1"));
    delete(&probe, &format!("/examples/{soft}")).await;
    let then = |id| format!("/examples/{id}?as_of=v1");
    assert_eq!(probe.status(&then(soft), ADA_KEY).await, StatusCode::OK);
    let path = "/v1/platform/datasets/examples/delete";
    let body = json!({"example_ids": [hard], "hard_delete": true});
    let gone = ok(probe.write(Method::POST, path, &body)).await;
    assert_eq!(gone, json!({"count": 1, "example_ids": [hard]}));
    assert_eq!(probe.status(&then(hard), ADA_KEY).await, StatusCode::NOT_FOUND);
    let both = json!({"example_ids": [sample_id("example:support-questions:2"), sample_id("nothing")], "hard_delete": false});
    answer(probe.write(Method::POST, path, &both), StatusCode::NOT_FOUND).await;
    let kept = sample_id("example:support-questions:2");
    assert_eq!(probe.status(&format!("/examples/{kept}"), ADA_KEY).await, StatusCode::OK, "all or none");
}

#[tokio::test]
async fn feedback_is_changed_and_deleted() {
    let probe = Probe::start().await;
    let run = sample_id("run:support-bot:0:0");
    let new = json!({"run_id": run, "key": "tone", "score": 1, "comment": "c", "correction": {"a": 1}});
    let mark = ok(probe.write(Method::POST, "/feedback", &new)).await;
    let path = format!("/feedback/{}", mark["id"].as_str().expect("an id"));
    ok(probe.write(Method::PATCH, &path, &json!({"score": 0.5, "comment": null}))).await;
    let read = probe.json(&path).await;
    assert_eq!(
        (&read["score"], &read["comment"], &read["correction"]["a"]),
        (&json!(0.5), &Value::Null, &json!(1))
    );
    let stats = async || probe.json(&format!("/runs/{run}")).await["feedback_stats"]["tone"].clone();
    assert_eq!(stats().await["avg"], 0.5);
    answer(probe.write(Method::PATCH, &path, &json!({"score": "good"})), StatusCode::UNPROCESSABLE_ENTITY)
        .await;
    delete(&probe, &path).await;
    assert_eq!(stats().await, Value::Null);
}

#[tokio::test]
async fn a_prompt_and_its_tags_go() {
    let probe = Probe::start().await;
    let tags = "/repos/-/support-agent/tags";
    assert_eq!(texts(&probe.json(tags).await, "tag_name"), ["production", "v1"]);
    delete(&probe, &format!("{tags}/v1")).await;
    assert_eq!(texts(&probe.json(tags).await, "tag_name"), ["production"]);
    delete(&probe, "/repos/-/support-agent").await;
    assert_eq!(probe.status("/commits/-/support-agent/latest", ADA_KEY).await, StatusCode::NOT_FOUND);
    let again = json!({"repo_handle": "support-agent", "is_public": false});
    let again = ok(probe.write(Method::POST, "/repos/", &again)).await;
    assert_eq!(again["repo"]["num_commits"], 0);
    let foreign = probe.write(Method::DELETE, "/repos/community/rag-answer", &json!({}));
    answer(foreign, StatusCode::FORBIDDEN).await;
}

#[tokio::test]
async fn a_like_counts_once() {
    let probe = Probe::start().await;
    let path = "/likes/community/rag-answer";
    let like = |yes: bool| probe.write(Method::POST, path, &json!({"like": yes}));
    let first = ok(like(true)).await["likes"].as_u64().expect("a number");
    assert_eq!(ok(like(true)).await["likes"], first);
    let liked = probe.json("/repos/community/rag-answer").await["repo"].clone();
    assert_eq!((&liked["num_likes"], &liked["liked_by_auth_user"]), (&json!(first), &json!(true)));
    assert_eq!(ok(like(false)).await["likes"], first - 1);
    answer(probe.write(Method::POST, "/likes/-/nothing", &json!({"like": true})), StatusCode::NOT_FOUND)
        .await;
}
