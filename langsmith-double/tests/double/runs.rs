//! `/runs/query`: paging, limits, scope and selection.

use std::collections::BTreeSet;

use langsmith_double::data::{ADA_KEY, sample_id};
use langsmith_double::{Dataset, Options};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::client::{Probe, answer, ok, texts};

fn ids(runs: &[Value]) -> Vec<String> {
    texts(&json!(runs), "id")
}

#[tokio::test]
async fn cursor_paging_covers_every_run_exactly_once() {
    let probe = Probe::start().await;
    let newest_first = ids(&probe.all_runs("support-bot", 100, "desc").await);
    assert_eq!(newest_first.len(), 100);
    assert_eq!(newest_first.iter().collect::<BTreeSet<_>>().len(), 100);
    for limit in [1, 7, 50, 99] {
        assert_eq!(ids(&probe.all_runs("support-bot", limit, "desc").await), newest_first, "{limit}");
    }
    let mut oldest_first = ids(&probe.all_runs("support-bot", 33, "asc").await);
    oldest_first.reverse();
    assert_eq!(oldest_first, newest_first);
}

#[tokio::test]
async fn the_bench_project_holds_1000_runs_of_two_kilobytes() {
    let probe = Probe::with(Options { data: Dataset::Bench, ..Options::default() }).await;
    let runs = probe.all_runs("bench", 100, "desc").await;
    assert_eq!(ids(&runs).iter().collect::<BTreeSet<_>>().len(), 1000);
    for run in runs {
        let size = run["inputs"].to_string().len() + run["outputs"].to_string().len();
        assert!((1900..2200).contains(&size), "{size}");
    }
}

#[tokio::test]
async fn a_wrong_limit_is_refused_in_the_platforms_words() {
    let probe = Probe::start().await;
    let session = sample_id("project:support-bot");
    for limit in [101, 500, i64::MAX] {
        let refused = answer(
            probe.query(ADA_KEY, &json!({"session": [session], "limit": limit})),
            StatusCode::BAD_REQUEST,
        );
        assert_eq!(refused.await["detail"], "Limit exceeds maximum allowed value of 100");
    }
    for limit in [0, -1] {
        answer(probe.query(ADA_KEY, &json!({"session": [session], "limit": limit})), StatusCode::BAD_REQUEST)
            .await;
    }
}

#[tokio::test]
async fn bad_bodies_are_refused() {
    let probe = Probe::start().await;
    let session = sample_id("project:support-bot");
    for (body, status) in [
        (json!({}), StatusCode::BAD_REQUEST),
        (json!({"session": [sample_id("nothing")]}), StatusCode::NOT_FOUND),
        (json!({"session": ["support-bot"]}), StatusCode::UNPROCESSABLE_ENTITY),
        (json!({"session": [session], "select": ["colour"]}), StatusCode::UNPROCESSABLE_ENTITY),
        (json!({"session": [session], "run_type": "robot"}), StatusCode::UNPROCESSABLE_ENTITY),
        (json!({"session": [session], "order": "sideways"}), StatusCode::UNPROCESSABLE_ENTITY),
        (json!({"session": [session], "start_time": "soon"}), StatusCode::UNPROCESSABLE_ENTITY),
        (json!({"session": [session], "cursor": "%%%"}), StatusCode::BAD_REQUEST),
        (json!({"session": [session], "filter": "eq(name"}), StatusCode::BAD_REQUEST),
        (json!({"session": [session], "tree_filter": "sum(name)"}), StatusCode::BAD_REQUEST),
        (json!([1]), StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        let refused = answer(probe.query(ADA_KEY, &body), status).await;
        assert!(!refused["detail"].is_null(), "{body}");
    }
}

#[tokio::test]
async fn only_selected_fields_come() {
    let probe = Probe::start().await;
    let session = sample_id("project:support-bot");
    let body = json!({"session": [session], "limit": 1, "select": ["name", "id", "inputs"], "order_by": "-start_time"});
    let page = ok(probe.query(ADA_KEY, &body)).await;
    let keys: Vec<&String> = page["runs"][0].as_object().expect("a run").keys().collect();
    assert_eq!(keys, ["id", "inputs", "name"]);
    let usual = ok(probe.query(ADA_KEY, &json!({"session": [session], "limit": 1}))).await;
    let run = usual["runs"][0].as_object().expect("a run");
    assert!(run.contains_key("dotted_order") && !run.contains_key("inputs_preview"));
}

#[tokio::test]
async fn traces_are_trees() {
    let probe = Probe::start().await;
    for project in ["support-bot", "research-agent", "nightly-summaries"] {
        let runs = probe.all_runs(project, 100, "asc").await;
        let by_id = |id: &Value| runs.iter().find(|run| &run["id"] == id);
        for run in &runs {
            let order = run["dotted_order"].as_str().expect("a dotted_order");
            let (trace, own) =
                (run["trace_id"].as_str().expect("a trace"), run["id"].as_str().expect("an id"));
            assert!(
                order.ends_with(own) && order.split('.').next().is_some_and(|root| root.ends_with(trace))
            );
            match by_id(&run["parent_run_id"]) {
                None => assert_eq!(run["id"], run["trace_id"]),
                Some(parent) => {
                    assert_eq!(parent["trace_id"], run["trace_id"]);
                    assert!(parent["start_time"].as_str() <= run["start_time"].as_str());
                    assert!(parent["end_time"].as_str() >= run["end_time"].as_str(), "{run}");
                }
            }
        }
    }
}

#[tokio::test]
async fn several_projects_answer_as_one_list() {
    let probe = Probe::start().await;
    let sessions = ["support-bot", "nightly-summaries"].map(|name| sample_id(&format!("project:{name}")));
    let page = ok(probe.query(ADA_KEY, &json!({"session": sessions, "is_root": true}))).await;
    let starts = texts(&page["runs"], "start_time");
    assert_eq!(starts.len(), 36);
    assert!(starts.is_sorted_by(|left, right| left >= right));
}
