//! The two query backends: the same runs from both, and the choice between them.

use std::time::Duration;

use langsmith_double::{FaultKind, Options};
use serde_json::{Value, json};

use crate::common::{self, FIRST, SECOND, disturb, extended};
use crate::runs_walks::{Walked, ids, walk};
use crate::support::Server;

async fn server(runs_v1: bool, runs_v2: bool) -> Server {
    Server::with_langsmith(Options { runs_v1, runs_v2, ..Options::default() }).await
}

/// The queries since the last such call.
fn asked(server: &Server) -> Vec<String> {
    common::asked(server, "/runs/query").into_iter().map(|request| request.path).collect()
}

fn arguments(more: &Value) -> Value {
    extended(json!({"project_name": "support-bot", "limit": 5}), more)
}

fn refuse(server: &Server, path: &str, status: u16) {
    disturb(server, path, FaultKind::Status(status), None);
}

#[tokio::test]
async fn both_give_the_same_runs() {
    let (old, new) = (server(true, false).await, server(false, true).await);
    // The doubles start one after another, which shifts their times.
    let timeless = |mut page: Value| {
        for run in page["runs"].as_array_mut().unwrap() {
            for name in ["start_time", "end_time", "dotted_order", "first_token_time", "app_path", "events"] {
                run.as_object_mut().unwrap().remove(name);
            }
        }
        page.as_object_mut().unwrap().remove("next_cursor");
        page
    };
    let everything = json!([
        "outputs",
        "child_runs",
        "manifest_id",
        "prompt_token_details",
        "completion_cost_details",
        "in_dataset",
        "parent_run_id",
        "session_id",
        "total_cost",
        "tags",
        "extra",
        "attachments"
    ]);
    for more in [
        json!({"limit": 100, "max_chars_per_page": 30_000, "preview_chars": 20}),
        json!({"run_type": "llm", "detail": "full"}),
        json!({"run_type": "TOOL", "error": true}),
        json!({"is_root": "true", "filter": "has(tags, \"turn-2\")"}),
        json!({"is_root": false, "trace_filter": "gt(latency, 1)", "tree_filter": "eq(run_type, \"tool\")"}),
        json!({"project_name": ["support-bot", "nightly-summaries"], "limit": 20}),
        json!({"project_name": "support-bot-baseline", "limit": 3, "is_root": true}),
        json!({"order_by": "-total_cost"}),
        json!({"start_time": "2020-01-01", "end_time": "2020-01-02"}),
        json!({"select": everything}),
        json!({"detail": "ids"}),
    ] {
        let pages =
            (old.call("fetch_runs", arguments(&more)).await, new.call("fetch_runs", arguments(&more)).await);
        assert_eq!(timeless(pages.0), timeless(pages.1), "{more}");
    }
}

#[tokio::test]
async fn times_are_written_alike() {
    for (first, second) in [(true, false), (false, true)] {
        let server = server(first, second).await;
        let page = server.call("fetch_runs", arguments(&json!({"run_type": "llm"}))).await;
        let run = &page["runs"][0];
        assert!(run["start_time"].as_str().unwrap().ends_with("+00:00"), "{run}");
        assert!(run["end_time"].as_str().unwrap().ends_with("+00:00"), "{run}");
        assert_eq!(
            run["first_token_time"].as_str().unwrap().len(),
            "2026-01-01T00:00:00.000000".len(),
            "{run}"
        );
    }
}

#[tokio::test]
async fn the_first_is_asked_while_it_is_there() {
    let server = server(true, true).await;
    walk(&server, &arguments(&json!({"limit": 50}))).await;
    assert!(asked(&server).iter().all(|path| path == FIRST));
}

#[tokio::test]
async fn the_second_is_remembered_for_ten_minutes() {
    for status in [404, 405, 410, 501] {
        let server = server(true, true).await;
        refuse(&server, FIRST, status);
        let call = async || server.call("fetch_runs", arguments(&json!({}))).await;
        assert_eq!(ids(&call().await).len(), 5);
        assert_eq!(asked(&server), [FIRST, SECOND], "{status}");
        call().await;
        assert_eq!(asked(&server), [SECOND]);
        server.langsmith().clear_faults();
        server.clock.advance(Duration::from_secs(599));
        call().await;
        assert_eq!(asked(&server), [SECOND]);
        server.clock.advance(Duration::from_secs(1));
        call().await;
        assert_eq!(asked(&server), [FIRST]);
    }
}

#[tokio::test]
async fn either_takes_the_place_of_the_other() {
    for status in [405, 410, 501] {
        let server = server(true, true).await;
        let call = async || server.call("fetch_runs", arguments(&json!({}))).await;
        refuse(&server, FIRST, status);
        call().await;
        server.langsmith().clear_faults();
        refuse(&server, SECOND, status);
        asked(&server);
        assert_eq!(ids(&call().await).len(), 5, "{status}");
        assert_eq!(asked(&server), [SECOND, FIRST]);
        call().await;
        assert_eq!(asked(&server), [FIRST], "{status}");
    }
}

#[tokio::test]
async fn a_deployment_without_either_is_told_as_such() {
    let server = server(true, true).await;
    refuse(&server, "/runs/query", 501);
    let error = server.fail("fetch_runs", arguments(&json!({}))).await;
    assert_eq!((&error["kind"], &error["retryable"]), (&json!("invalid"), &json!(false)), "{error}");
    assert!(error["error"].as_str().unwrap().contains("answers no query for runs"), "{error}");
    assert_eq!(asked(&server), [FIRST, SECOND], "neither is asked twice");
}

#[tokio::test]
async fn a_project_that_is_gone_changes_nothing() {
    let server = server(true, true).await;
    server.call("fetch_runs", arguments(&json!({}))).await;
    asked(&server);
    for path in [FIRST, SECOND] {
        disturb(&server, path, FaultKind::Status(404), Some(1));
    }
    let error = server.fail("fetch_runs", arguments(&json!({}))).await;
    assert_eq!(error["kind"], "not_found");
    assert_eq!(asked(&server), [FIRST, SECOND]);
    server.call("fetch_runs", arguments(&json!({}))).await;
    let paths: Vec<String> = server.langsmith().requests().into_iter().map(|request| request.path).collect();
    // The id that LangSmith did not know is removed from the cache.
    assert_eq!(paths, ["/api/v1/sessions", FIRST]);
}

#[tokio::test]
async fn no_runs_prove_nothing_after_a_404() {
    let server = server(true, true).await;
    refuse(&server, FIRST, 404);
    let none = json!({"project_name": "empty-project"});
    for _ in 0..2 {
        assert_eq!(ids(&server.call("fetch_runs", arguments(&none)).await).len(), 0);
        assert_eq!(asked(&server), [FIRST, SECOND]);
    }
}

#[tokio::test]
async fn a_second_backend_in_trouble_proves_nothing() {
    for (status, kind) in [(403, "forbidden"), (422, "invalid"), (429, "rate_limited"), (500, "upstream")] {
        let server = server(true, true).await;
        refuse(&server, FIRST, 404);
        refuse(&server, SECOND, status);
        let error = server.fail("fetch_runs", arguments(&json!({}))).await;
        assert_eq!(error["kind"], kind);
        server.langsmith().clear_faults();
        asked(&server);
        server.call("fetch_runs", arguments(&json!({}))).await;
        assert_eq!(asked(&server), [FIRST], "{status}");
    }
}

#[tokio::test]
async fn an_endpoint_without_either_has_no_runs_to_give() {
    let server = server(false, false).await;
    let error = server.fail("fetch_runs", arguments(&json!({}))).await;
    assert!(matches!(error["kind"].as_str(), Some("not_found" | "invalid")), "{error}");
}

#[tokio::test]
async fn a_cursor_goes_on_where_it_came_from() {
    let server = server(true, true).await;
    let first = server.call("fetch_runs", arguments(&json!({}))).await;
    refuse(&server, FIRST, 404);
    server.call("fetch_runs", arguments(&json!({}))).await;
    server.langsmith().clear_faults();
    asked(&server);
    let rest = arguments(&json!({"cursor": first["next_cursor"]}));
    assert_eq!(ids(&server.call("fetch_runs", rest.clone()).await).len(), 5);
    assert_eq!(asked(&server), [FIRST]);
    for status in [410, 501] {
        refuse(&server, FIRST, status);
        let error = server.fail("fetch_runs", rest.clone()).await;
        assert_eq!((asked(&server), &error["retryable"]), (vec![FIRST.to_owned()], &json!(false)));
        assert!(error["error"].as_str().unwrap().contains("leave cursor out"), "{error}");
        server.langsmith().clear_faults();
    }
}

#[tokio::test]
async fn a_trace_is_walked_through_on_the_second_too() {
    let server = server(false, true).await;
    let root = server.call("fetch_runs", arguments(&json!({"limit": 1, "is_root": true}))).await;
    let trace = json!({"limit": 2, "trace_id": root["runs"][0]["trace_id"], "detail": "ids"});
    let Walked { runs, queries } = walk(&server, &arguments(&trace)).await;
    assert_eq!((runs.len(), queries.iter().skip(1).all(|queries| *queries == 1)), (5, true));
}

#[tokio::test]
async fn an_end_of_the_window_bounds_the_start_on_both() {
    for (first, second) in [(true, false), (false, true)] {
        let server = server(first, second).await;
        let all = server
            .call(
                "fetch_runs",
                arguments(&json!({"limit": 100, "detail": "ids", "max_chars_per_page": 30_000})),
            )
            .await;
        let end = &all["runs"][19]["start_time"];
        let filter =
            json!({"end_time": end, "filter": "neq(run_type, \"robot\")", "detail": "ids", "limit": 7});
        let Walked { runs, .. } = walk(&server, &arguments(&filter)).await;
        let expected = ids(&all);
        assert_eq!(runs.last(), expected.last());
        assert!((80..=81).contains(&runs.len()), "{}", runs.len());
        assert_eq!(runs, expected[100 - runs.len()..]);
    }
}

#[tokio::test]
async fn the_oldest_first_needs_the_first() {
    let server = server(false, true).await;
    let error = server.fail("fetch_runs", arguments(&json!({"order_by": "start_time"}))).await;
    assert_eq!(error["kind"], "invalid");
    assert!(error["error"].as_str().unwrap().contains("leave order_by out"), "{error}");
}
