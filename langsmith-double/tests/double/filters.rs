//! Filters against an oracle: the same question, answered from the JSON of all runs.

use langsmith_double::data::{ADA_KEY, sample_id};
use serde_json::{Value, json};

use crate::client::{Probe, ok, texts};

/// The runs of `support-bot` that match a query with these extra keys, and those that the oracle selects.
async fn both(probe: &Probe, extra: &Value, oracle: impl Fn(&Value) -> bool) -> (Vec<String>, Vec<String>) {
    let mut body = json!({"session": [sample_id("project:support-bot")], "limit": 100});
    for (key, value) in extra.as_object().expect("keys") {
        body[key] = value.clone();
    }
    let found = texts(&ok(probe.query(ADA_KEY, &body)).await["runs"], "id");
    let all = probe.all_runs("support-bot", 100, "desc").await;
    let kept: Vec<Value> = all.into_iter().filter(|run| oracle(run)).collect();
    (found, texts(&Value::Array(kept), "id"))
}

async fn agree(extra: Value, oracle: impl Fn(&Value) -> bool) {
    let probe = Probe::start().await;
    let (found, kept) = both(&probe, &extra, oracle).await;
    assert_eq!(found, kept, "{extra}");
    assert!(!found.is_empty() && found.len() < 100, "{extra} must part the runs: {}", found.len());
}

#[tokio::test]
async fn body_keys() {
    agree(json!({"run_type": "llm"}), |run| run["run_type"] == "llm").await;
    agree(json!({"error": true}), |run| run["error"].is_string()).await;
    agree(json!({"error": false}), |run| run["error"].is_null()).await;
    agree(json!({"is_root": true}), |run| run["parent_run_id"].is_null()).await;
    let trace = sample_id("run:support-bot:3:0").to_string();
    agree(json!({"trace": trace}), |run| run["trace_id"] == trace.as_str()).await;
    agree(json!({"id": [trace]}), |run| run["id"] == trace.as_str()).await;
    agree(json!({"parent_run": trace}), |run| run["parent_run_id"] == trace.as_str()).await;
    agree(json!({"query": "save10"}), |run| run["inputs"].to_string().contains("SAVE10")).await;
}

#[tokio::test]
async fn comparisons() {
    agree(json!({"filter": "eq(name, \"DocsRetriever\")"}), |run| run["name"] == "DocsRetriever").await;
    agree(json!({"filter": "neq(run_type, \"llm\")"}), |run| run["run_type"] != "llm").await;
    agree(json!({"filter": "gt(total_tokens, 300)"}), |run| run["total_tokens"].as_u64() > Some(300)).await;
    agree(json!({"filter": "neq(error, null)"}), |run| run["error"].is_string()).await;
    agree(json!({"filter": "has(tags, \"turn-2\")"}), |run| run["tags"][1] == "turn-2").await;
    agree(json!({"filter": "in(run_type, [\"tool\", \"retriever\"])"}), |run| {
        run["run_type"] == "tool" || run["run_type"] == "retriever"
    })
    .await;
    agree(json!({"filter": "gte(latency, \"2s\")"}), |run| run["name"] == "SupportAgent").await;
    agree(json!({"filter": "and(eq(feedback_key, \"helpful\"), gt(feedback_score, 0.5))"}), |run| {
        run["feedback_stats"]["helpful"]["avg"] == 1.0
    })
    .await;
}

#[tokio::test]
async fn connectives_and_search() {
    let either = "or(eq(run_type, \"tool\"), and(eq(run_type, \"llm\"), lt(latency, 1)))";
    agree(json!({ "filter": either }), |run| {
        run["run_type"] == "tool" || run["events"][0].is_object() && short(run)
    })
    .await;
    agree(json!({"filter": "not(eq(is_root, true))"}), |run| run["parent_run_id"].is_string()).await;
    agree(json!({"filter": "search(\"キャンセル\")"}), |run| {
        run["inputs"].to_string().contains("キャンセル") || run["outputs"].to_string().contains("キャンセル")
    })
    .await;
}

/// The first model call of a trace takes 700 ms, the second more than a second; their tokens tell them apart.
fn short(run: &Value) -> bool {
    run["total_tokens"].as_u64().is_some() && run["completion_tokens"] == 18
}

#[tokio::test]
async fn a_thread_is_found_by_key_and_value_of_one_pair() {
    let thread = "and(in(metadata_key, [\"session_id\", \"conversation_id\", \"thread_id\"]), eq(metadata_value, \"thread-2\"))";
    agree(json!({ "filter": thread }), |run| run["thread_id"] == "thread-2").await;
    let probe = Probe::start().await;
    let crossed = json!({"filter": "and(eq(metadata_key, \"release\"), eq(metadata_value, \"thread-2\"))"});
    let (found, _) = both(&probe, &crossed, |_| false).await;
    assert!(found.is_empty());
    let contained = json!({"filter": "has(metadata, '{\"thread_id\": \"thread-2\"}')"});
    agree(contained, |run| run["thread_id"] == "thread-2").await;
}

#[tokio::test]
async fn filters_on_the_tree() {
    let failed = |run: &Value| {
        [6, 13]
            .iter()
            .any(|trace| run["trace_id"] == sample_id(&format!("run:support-bot:{trace}:0")).to_string())
    };
    agree(json!({"tree_filter": "neq(error, null)"}), failed).await;
    agree(json!({"trace_filter": "eq(feedback_score, 1)"}), |run| {
        ["turn-1", "turn-3", "turn-5"].iter().any(|tag| run["tags"][1] == *tag)
    })
    .await;
    let both_kinds = json!({"filter": "eq(run_type, \"retriever\")", "tree_filter": "neq(error, null)"});
    agree(both_kinds, |run| run["run_type"] == "retriever" && failed(run)).await;
}

#[tokio::test]
async fn time_bounds_apply_to_the_start() {
    let probe = Probe::start().await;
    let all = probe.all_runs("support-bot", 100, "desc").await;
    let middle = all[50]["start_time"].as_str().expect("a time").to_owned();
    for text in [middle.clone(), format!("{middle}Z"), format!("{middle}+00:00")] {
        let since = json!({ "start_time": text });
        let (found, kept) = both(&probe, &since, |run| run["start_time"].as_str() >= Some(&middle)).await;
        assert_eq!(found, kept);
        let until = json!({ "end_time": text });
        let (found, kept) = both(&probe, &until, |run| run["start_time"].as_str() <= Some(&middle)).await;
        assert_eq!(found, kept);
        let filter = json!({"filter": format!("lt(start_time, \"{text}\")")});
        let (found, kept) = both(&probe, &filter, |run| run["start_time"].as_str() < Some(&middle)).await;
        assert_eq!(found, kept);
    }
}
