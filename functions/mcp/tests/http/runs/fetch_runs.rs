//! `fetch_runs`: filters, pages and shapes.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::deployment::Need;
use crate::runs::fetch_runs_walks::ids;
use crate::support::Server;

#[tokio::test]
async fn pages_cover_every_run_once() {
    let server = Server::start().await;
    for (preview, budget) in [(150, 5000), (0, 3000), (10, 30_000), (150, 900)] {
        let arguments = |page: i64| {
            json!({"project_name": "support-bot", "limit": 100, "page_number": page, "preview_chars": preview,
                "max_chars_per_page": budget})
        };
        let first = server.call("fetch_runs", arguments(1)).await;
        let total = first["total_pages"].as_i64().unwrap();
        assert!(total > 1);
        let mut seen = Vec::new();
        for page in 1..=total {
            let page = server.call("fetch_runs", arguments(page)).await;
            assert_eq!(page["total_pages"], total);
            seen.extend(ids(&page));
        }
        assert_eq!(seen.len(), 100);
        assert_eq!(seen.iter().collect::<BTreeSet<_>>().len(), 100);
        let beyond = server.call("fetch_runs", arguments(total + 1)).await;
        assert_eq!((&beyond["runs"], &beyond["total_pages"]), (&json!([]), &json!(total)));
    }
}

#[tokio::test]
async fn the_envelope_and_the_runs_have_a_fixed_order() {
    let server = Server::start().await;
    let arguments = json!({"project_name": "support-bot", "limit": 1});
    let result = server.call_as("ada", "fetch_runs", arguments).await.result();
    let text = result["content"][0]["text"].as_str().unwrap();
    assert!(text.starts_with("{\"runs\":[{\"id\":"));
    let (_, envelope) = text.rsplit_once("],").unwrap();
    let (known, next) = envelope.rsplit_once(',').unwrap();
    assert_eq!(known, r#""page_number":1,"total_pages":1,"max_chars_per_page":25000,"preview_chars":150"#);
    assert!(next.starts_with("\"next_cursor\":\""), "{next}");
    let run = &result["structuredContent"]["runs"][0];
    assert_eq!(run.as_object().unwrap().len(), 37);
    assert!(run["start_time"].as_str().unwrap().ends_with("+00:00"));
    assert!(run["total_cost"].is_string() || run["total_cost"].is_null());
}

#[tokio::test]
async fn filters_reach_langsmith_as_they_are() {
    let server = Server::needing(&[Need::FirstApi]).await;
    let arguments = json!({
        "project_name": "[\"support-bot\",\"nightly-summaries\"]", "limit": 500, "run_type": "LLM", "error": "false",
        "is_root": false, "filter": "gt(latency, 0)", "trace_filter": "has(tags, \"production\")",
        "tree_filter": "eq(run_type, \"tool\")", "order_by": "start_time",
    });
    let page = server.call("fetch_runs", arguments).await;
    assert!(!ids(&page).is_empty());
    let requests = server.langsmith().requests();
    assert_eq!(requests.len(), 3);
    let body: Value = serde_json::from_str(&requests[2].body).unwrap();
    for (key, expected) in [
        ("run_type", json!("llm")),
        ("error", json!(false)),
        ("is_root", json!(false)),
        ("filter", json!("gt(latency, 0)")),
        ("trace_filter", json!("has(tags, \"production\")")),
        ("tree_filter", json!("eq(run_type, \"tool\")")),
        ("limit", json!(100)),
        ("order", json!("asc")),
    ] {
        assert_eq!(body[key], expected, "{key}");
    }
    assert_eq!(body["session"].as_array().unwrap().len(), 2);
    assert!(body.get("order_by").is_none() && body.get("trace").is_none());
}

#[tokio::test]
async fn order_by_has_an_effect() {
    let server = Server::needing(&[Need::FirstApi]).await;
    let fetch = async |order: Value| {
        let arguments =
            json!({"project_name": "nightly-summaries", "limit": 100, "is_root": "true", "order_by": order});
        server.call("fetch_runs", arguments).await
    };
    let newest = ids(&fetch(json!(null)).await);
    let mut oldest = ids(&fetch(json!("start_time")).await);
    oldest.reverse();
    assert_eq!(newest, oldest);
    let costly = fetch(json!("-total_tokens")).await;
    let tokens: Vec<_> =
        costly["runs"].as_array().unwrap().iter().map(|run| run["total_tokens"].as_u64()).collect();
    assert!(tokens.is_sorted_by(|a, b| a >= b), "{tokens:?}");
}

#[tokio::test]
async fn a_window_limits_the_start_times() {
    let server = Server::start().await;
    let all = server
        .call("fetch_runs", json!({"project_name": "nightly-summaries", "limit": 100, "is_root": true}))
        .await;
    let starts: Vec<_> =
        all["runs"].as_array().unwrap().iter().map(|run| run["start_time"].clone()).collect();
    let window = json!({"project_name": "nightly-summaries", "limit": 100, "is_root": true, "start_time": starts[4],
        "end_time": starts[1]});
    let inside = server.call("fetch_runs", window).await;
    let found: Vec<_> =
        inside["runs"].as_array().unwrap().iter().map(|run| run["start_time"].clone()).collect();
    assert!(
        found.contains(&starts[4]) && found.contains(&starts[2]) && !found.contains(&starts[0]),
        "{found:?}"
    );
    assert!(!found.contains(&starts[5]), "{found:?}");
}

#[tokio::test]
async fn a_trace_comes_whole() {
    let server = Server::start().await;
    let root =
        server.call("fetch_runs", json!({"project_name": "support-bot", "limit": 1, "is_root": true})).await;
    let trace = root["runs"][0]["trace_id"].clone();
    let runs = server
        .call("fetch_runs", json!({"project_name": "support-bot", "limit": 100, "trace_id": trace}))
        .await;
    let runs = runs["runs"].as_array().unwrap();
    assert!(runs.len() > 1 && runs.iter().all(|run| run["trace_id"] == trace));
}

#[tokio::test]
async fn text_in_any_script_is_counted_in_characters() {
    let server = Server::start().await;
    let arguments = json!({"project_name": "support-bot", "limit": 100, "filter": "search(\"注文\")", "preview_chars": 5,
        "max_chars_per_page": 30_000});
    let result = server.call_as("ada", "fetch_runs", arguments).await.result();
    let text = result["content"][0]["text"].as_str().unwrap();
    assert!(text.contains("はい、発送… (+16 chars)"), "{text}");
    // A cut would not shorten it.
    assert!(text.contains("\"注文をキャンセルできますか？\""), "{text}");
}

#[tokio::test]
async fn an_unknown_project_is_named() {
    let server = Server::start().await;
    let error = server.fail("fetch_runs", json!({"project_name": "missing", "limit": 2})).await;
    assert_eq!((&error["error"], &error["kind"]), (&json!("Project missing not found"), &json!("not_found")));
    let empty = server.call("fetch_runs", json!({"project_name": "empty-project", "limit": 2})).await;
    assert_eq!((&empty["runs"], &empty["total_pages"]), (&json!([]), &json!(0)));
}

#[tokio::test]
async fn a_filter_that_langsmith_refuses_is_the_callers_mistake() {
    let server = Server::start().await;
    let error =
        server.fail("fetch_runs", json!({"project_name": "support-bot", "limit": 2, "filter": "eq("})).await;
    assert_eq!((&error["kind"], &error["retryable"]), (&json!("invalid"), &json!(false)));
}

#[tokio::test]
async fn values_that_cannot_be_meant_never_reach_langsmith() {
    let server = Server::start().await;
    for (name, value, message) in [
        ("run_type", json!("agent"), "one of llm, chain, tool, retriever, embedding, prompt, parser"),
        ("page_number", json!(-1), "at least 1"),
        ("max_chars_per_page", json!(-1), "at least 1"),
        ("preview_chars", json!(-1), "at least 0"),
        ("is_root", json!("perhaps"), "true or false"),
        ("filter", json!("eq(name, \"\u{0}\")"), "text without the character U+0000"),
    ] {
        let error =
            server.fail("fetch_runs", json!({"project_name": "support-bot", "limit": 2, name: value})).await;
        let expected = json!(format!("{name} must be {message}."));
        assert_eq!((&error["error"], &error["kind"]), (&expected, &json!("invalid")));
    }
    assert!(server.langsmith().requests().is_empty());
}
