//! `/v2/runs/query`: the runs of `/runs/query` under other names.

use langsmith_double::data::{ADA_KEY, ADA_WORKSPACE, LIMITED_KEY, sample_id};
use langsmith_double::{Dataset, Options};
use reqwest::{RequestBuilder, StatusCode};
use serde_json::{Value, json};

use crate::client::{Probe, answer, ok, send, texts};

const EARLY: &str = "1970-01-01T00:00:00Z";

fn query(probe: &Probe, body: &Value) -> RequestBuilder {
    probe.http.post(probe.url("/v2/runs/query")).header("X-API-Key", ADA_KEY).json(body)
}

/// Every run of a project, over all pages.
async fn all(probe: &Probe, project: &str, page_size: u64) -> Vec<Value> {
    let selects = [
        "ID",
        "NAME",
        "START_TIME",
        "RUN_TYPE",
        "STATUS",
        "PARENT_RUN_IDS",
        "TOTAL_COST",
        "EXTRA",
        "METADATA",
    ];
    let mut body = json!({"project_ids": [sample_id(&format!("project:{project}"))], "page_size": page_size,
        "min_start_time": EARLY, "selects": selects});
    let mut items = Vec::new();
    loop {
        let mut page = ok(query(probe, &body)).await;
        items.append(page["items"].as_array_mut().expect("items"));
        match page["next_cursor"].take() {
            Value::String(next) => body["cursor"] = json!(next),
            end => {
                assert_eq!(end, Value::Null);
                return items;
            }
        }
    }
}

#[tokio::test]
async fn both_versions_list_the_same_runs() {
    let probe = Probe::start().await;
    let old = probe.all_runs("support-bot", 100, "desc").await;
    for page_size in [7, 100, 1000] {
        let new = all(&probe, "support-bot", page_size).await;
        assert_eq!(texts(&json!(new), "id"), texts(&json!(old), "id"));
        for (new, old) in new.iter().zip(&old) {
            let upper = |field: &str| json!(old[field].as_str().expect("a word").to_uppercase());
            assert_eq!((&new["run_type"], &new["status"]), (&upper("run_type"), &upper("status")));
            assert_eq!(
                new["parent_run_ids"].as_array().and_then(|ids| ids.last()).unwrap_or(&Value::Null),
                &old["parent_run_id"]
            );
            assert_eq!(new["metadata"], old["extra"]["metadata"]);
            assert!(
                new["extra"].get("metadata").is_none() && new["extra"]["runtime"] == old["extra"]["runtime"]
            );
            let cost = old["total_cost"].as_str().map(|cost| cost.parse::<f64>().expect("a number"));
            assert_eq!(new["total_cost"].as_f64(), cost);
            let start = format!("{}Z", old["start_time"].as_str().expect("a time"));
            assert_eq!(new["start_time"], start);
        }
    }
}

#[tokio::test]
async fn without_a_window_it_is_the_last_day() {
    let probe = Probe::start().await;
    let projects = [sample_id("project:support-bot")];
    let day = ok(query(&probe, &json!({"project_ids": projects}))).await;
    let ever = ok(query(&probe, &json!({"project_ids": projects, "min_start_time": EARLY}))).await;
    let count = |page: &Value| page["items"].as_array().map(Vec::len);
    assert!(count(&day) < count(&ever), "{day}");
    assert_eq!(ever["items"][0].as_object().expect("an item").len(), 1);
}

#[tokio::test]
async fn refusals_are_problem_details() {
    let probe = Probe::start().await;
    let projects = [sample_id("project:support-bot")];
    for (body, status) in [
        (json!({}), StatusCode::BAD_REQUEST),
        (json!({"project_ids": []}), StatusCode::BAD_REQUEST),
        (json!({"project_ids": ["support-bot"]}), StatusCode::UNPROCESSABLE_ENTITY),
        (json!({"project_ids": [sample_id("nothing")]}), StatusCode::NOT_FOUND),
        (json!({"project_ids": projects, "selects": ["name"]}), StatusCode::BAD_REQUEST),
        (json!({"project_ids": projects, "run_type": "llm"}), StatusCode::UNPROCESSABLE_ENTITY),
        (json!({"project_ids": projects, "page_size": 1001}), StatusCode::BAD_REQUEST),
        (json!({"project_ids": projects, "page_size": 0}), StatusCode::BAD_REQUEST),
        (json!({"project_ids": projects, "cursor": "%"}), StatusCode::BAD_REQUEST),
        (json!({"project_ids": projects, "filter": "eq("}), StatusCode::BAD_REQUEST),
    ] {
        let problem = answer(query(&probe, &body), status).await;
        assert_eq!(problem["status"], status.as_u16(), "{body}");
        assert!(problem["title"].is_string() && problem["detail"].is_string(), "{problem}");
    }
    let anonymous = probe.http.post(probe.url("/v2/runs/query")).json(&json!({}));
    assert_eq!(send(anonymous).await.status(), StatusCode::UNAUTHORIZED);
    let elsewhere =
        query(&probe, &json!({"project_ids": projects})).header("X-Tenant-Id", ADA_WORKSPACE.to_string());
    assert_eq!(send(elsewhere).await.status(), StatusCode::NOT_FOUND);
    let limited = probe
        .http
        .post(probe.url("/v2/runs/query"))
        .header("X-API-Key", LIMITED_KEY)
        .json(&json!({"project_ids": projects}));
    assert_eq!(send(limited).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn either_version_can_be_absent() {
    let projects = [sample_id("project:support-bot")];
    let old = Probe::with(Options { runs_v2: false, ..Options::default() }).await;
    assert_eq!(send(query(&old, &json!({"project_ids": projects}))).await.status(), StatusCode::NOT_FOUND);
    ok(old.query(ADA_KEY, &json!({"session": projects}))).await;
    let new = Probe::with(Options { runs_v1: false, ..Options::default() }).await;
    let status = send(new.query(ADA_KEY, &json!({"session": projects}))).await.status();
    assert!(matches!(status, StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED), "{status}");
    ok(query(&new, &json!({"project_ids": projects}))).await;
}

#[tokio::test]
async fn a_trace_is_paged_here_and_comes_whole_there() {
    let probe = Probe::start().await;
    let project = sample_id("project:support-bot");
    let runs = probe.all_runs("support-bot", 100, "desc").await;
    let trace = &runs[0]["trace_id"];
    let whole =
        ok(probe.query(ADA_KEY, &json!({"session": [project], "trace": trace, "limit": 2, "cursor": null})))
            .await;
    assert_eq!((whole["runs"].as_array().map(Vec::len), &whole["cursors"]["next"]), (Some(5), &Value::Null));
    let body = json!({"project_ids": [project], "trace_id": trace, "page_size": 2, "min_start_time": EARLY});
    let page = ok(query(&probe, &body)).await;
    assert_eq!(page["items"].as_array().map(Vec::len), Some(2));
    assert!(page["next_cursor"].is_string());
}

#[tokio::test]
async fn the_large_data_has_what_is_hard_to_carry() {
    let probe = Probe::with(Options { data: Dataset::Large, ..Options::default() }).await;
    let of = |project: &str, select: &str| {
        let project = sample_id(&format!("project:{project}"));
        probe.query(ADA_KEY, &json!({"session": [project], "limit": 100, "select": [select]}))
    };
    let sizes = async |project: &str| -> Vec<usize> {
        let text = send(of(project, "outputs")).await.text().await.expect("a body");
        text.split("\"id\":").skip(1).map(str::len).collect()
    };
    assert_eq!(sizes("large").await.len(), 100);
    let heavy = sizes("heavy").await;
    assert_eq!(heavy.iter().filter(|size| **size > 2_000_000).count(), 1);
    assert_eq!(heavy.len(), 21);
    assert_eq!(sizes("heaviest").await.iter().filter(|size| **size > 10_000_000).count(), 1);
    let odd = send(of("odd", "inputs")).await.text().await.expect("a body");
    for part in ["[[[[", "\\u0000", "\\ud83d and", "שלום"] {
        assert!(odd.contains(part), "{part}");
    }
}

#[tokio::test]
async fn a_run_can_arrive_meanwhile() {
    let probe = Probe::start().await;
    let before = probe.all_runs("nightly-summaries", 100, "desc").await;
    let id = probe.double.handle().add_run("nightly-summaries", std::time::Duration::ZERO).expect("an id");
    let after = probe.all_runs("nightly-summaries", 100, "desc").await;
    assert_eq!((after.len(), &after[0]["id"]), (before.len() + 1, &json!(id)));
    assert_eq!(after[0]["session_id"], after[1]["session_id"]);
    assert_eq!(probe.double.handle().add_run("nothing", std::time::Duration::ZERO), None);
}
