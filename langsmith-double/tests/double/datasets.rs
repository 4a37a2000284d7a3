//! Datasets: listing, reading and creating.

use langsmith_double::data::{ADA_KEY, ADA_WORKSPACE, GRACE_KEY, LIMITED_KEY, sample_id};
use langsmith_double::{Dataset, Options};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::client::{Probe, answer, ok, send, texts};

#[tokio::test]
async fn a_dataset_tells_its_examples_and_experiments() {
    let probe = Probe::start().await;
    let id = sample_id("dataset:support-questions");
    for path in [format!("/datasets/{id}"), format!("/api/v1/datasets/{id}?limit=1")] {
        let dataset = probe.json(&path).await;
        assert_eq!((&dataset["example_count"], &dataset["session_count"]), (&json!(6), &json!(2)));
        assert_eq!(dataset["inputs_schema_definition"]["required"], json!(["question"]));
        assert!(dataset["last_session_start_time"].is_string());
        let listed = probe.json(&format!("/datasets?id={id}")).await;
        assert_eq!(listed, json!([dataset]));
    }
}

#[tokio::test]
async fn datasets_are_filtered_and_sorted() {
    let probe = Probe::start().await;
    let names = async |query: &str| texts(&probe.json(&format!("/datasets?{query}")).await, "name");
    assert_eq!(names("name_contains=QUESTION").await, ["support-questions"]);
    assert_eq!(
        names("sort_by=name&sort_by_desc=false&data_type=kv").await,
        ["odd-values", "support-questions"]
    );
    assert_eq!(names("limit=1").await, ["support-questions"], "the one with experiments comes first");
    assert_eq!(names("sort_by=example_count&sort_by_desc=false&limit=1").await, ["chat-transcripts"]);
    assert_eq!(names("metadata=%7B%22source%22%3A%22sample%22%7D").await.len(), 3);
    assert!(names("metadata=%7B%22source%22%3A%22other%22%7D").await.is_empty());
    for bad in ["metadata=x", "metadata=[]", "data_type=csv", "sort_by=colour", "id=x"] {
        let status = probe.status(&format!("/datasets?{bad}"), ADA_KEY).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{bad}");
    }
}

#[tokio::test]
async fn a_created_dataset_is_there() {
    let probe = Probe::start().await;
    let schema = json!({"type": "object", "required": ["q"]});
    let body = json!({"name": "made", "description": "d", "data_type": "kv", "inputs_schema_definition": schema,
        "extra": {"metadata": {"by": "test"}}});
    let post = |key: &str, body: &Value| {
        probe.http.post(probe.url("/api/v1/datasets")).header("X-API-Key", key).json(body)
    };
    let made = ok(post(ADA_KEY, &body)).await;
    assert_eq!((&made["name"], &made["example_count"]), (&json!("made"), &json!(0)));
    assert_eq!(made["metadata"], json!({"by": "test"}));
    let id = made["id"].as_str().expect("an id");
    assert_eq!(probe.json(&format!("/datasets/{id}")).await, made);
    answer(post(ADA_KEY, &body), StatusCode::CONFLICT).await;
    answer(post(ADA_KEY, &json!({"name": "other", "id": id})), StatusCode::CONFLICT).await;
    answer(post(GRACE_KEY, &json!({"name": "hers"})), StatusCode::FORBIDDEN).await;
    for bad in [
        json!({}),
        json!({"name": " "}),
        json!({"name": "x", "data_type": "csv"}),
        json!({"name": "x", "inputs_schema_definition": 5}),
        json!({"name": "x", "created_at": "soon"}),
        json!([]),
    ] {
        answer(post(ADA_KEY, &bad), StatusCode::UNPROCESSABLE_ENTITY).await;
    }
}

#[tokio::test]
async fn a_dataset_belongs_to_one_workspace() {
    let probe = Probe::start().await;
    let path = format!("/datasets/{}", sample_id("dataset:support-questions"));
    let elsewhere = probe.get(&path, ADA_KEY).header("X-Tenant-Id", ADA_WORKSPACE.to_string());
    answer(elsewhere, StatusCode::NOT_FOUND).await;
    assert_eq!(probe.status(&path, LIMITED_KEY).await, StatusCode::FORBIDDEN);
    assert_eq!(probe.status(&path, "nobody").await, StatusCode::UNAUTHORIZED);
    assert_eq!(probe.status("/datasets/x", ADA_KEY).await, StatusCode::UNPROCESSABLE_ENTITY);
    let same_name = json!({"name": "support-questions"});
    let post = probe.http.post(probe.url("/datasets")).header("X-API-Key", ADA_KEY).json(&same_name);
    ok(post.header("X-Tenant-Id", ADA_WORKSPACE.to_string())).await;
}

#[tokio::test]
async fn the_large_dataset_pages_completely() {
    let probe = Probe::with(Options { data: Dataset::Large, ..Options::default() }).await;
    let id = sample_id("dataset:large");
    assert_eq!(probe.json(&format!("/datasets/{id}")).await["example_count"], 2000);
    let mut numbers = Vec::new();
    for page in 0..20 {
        let examples = probe.json(&format!("/examples?dataset={id}&offset={}", page * 100)).await;
        let examples = examples.as_array().expect("a page");
        numbers.extend(examples.iter().filter_map(|example| example["inputs"]["number"].as_u64()));
    }
    assert!(numbers.iter().rev().copied().eq(0..2000));
    let half = probe.json(&format!("/examples?dataset={id}&as_of=half&limit=1")).await;
    assert_eq!(half[0]["inputs"]["number"], 999);
}

#[tokio::test]
async fn attachments_are_served_at_their_links() {
    let probe = Probe::start().await;
    let example = probe.json(&format!("/examples/{}", sample_id("example:support-questions:1"))).await;
    let attachment = &example["attachment_urls"]["attachment.price list.txt"];
    assert_eq!(attachment["mime_type"], "text/plain");
    let url = attachment["presigned_url"].as_str().expect("a link");
    assert!(url.starts_with(&probe.url("/public/download?")));
    let file = send(probe.http.get(url)).await;
    assert_eq!(file.headers()["content-type"], "text/plain");
    assert!(file.text().await.expect("a text").contains("Japan"));
    let missing = send(probe.http.get(url.replace("price", "no"))).await;
    assert_eq!(missing.status(), StatusCode::NOT_FOUND);
}
