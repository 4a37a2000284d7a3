//! The two query backends: the same runs from both, and the choice between them.

use std::time::Duration;

use axum::routing::{get, post};
use axum::{Json, Router};
use langsmith_double::{FaultKind, Options, Service};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::common::{self, FIRST, SECOND, disturb, extended};
use crate::runs::fetch_runs_walks::{Walked, ids, walk};
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
    for status in [404, 405, 410, 501] {
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
    assert!(error["error"].as_str().unwrap().contains("supports neither of the two APIs"), "{error}");
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

#[tokio::test]
async fn a_project_that_is_gone_is_told_in_either_order() {
    let server = server(true, true).await;
    for order in ["start_time", "-start_time"] {
        let gone =
            json!({"project_id": "33333333-3333-4333-8333-333333333333", "limit": 5, "order_by": order});
        assert_eq!(server.fail("fetch_runs", gone).await["kind"], "not_found", "{order}");
    }
}

/// A deployment with both: the refusal was about that request.
#[tokio::test]
async fn a_refusal_by_a_backend_that_is_there_is_forgotten() {
    let server = Server::with_langsmith(Options { service: Service::DUAL, ..Options::default() }).await;
    for status in [404, 405, 501] {
        disturb(&server, FIRST, FaultKind::Status(status), Some(1));
        assert_eq!(ids(&server.call("fetch_runs", arguments(&json!({}))).await).len(), 5);
        asked(&server);
        let oldest = server.call("fetch_runs", arguments(&json!({"order_by": "start_time"}))).await;
        assert_eq!((ids(&oldest).len(), asked(&server)), (5, vec![FIRST.to_owned()]), "{status}");
        server.call("fetch_runs", arguments(&json!({}))).await;
        assert_eq!(asked(&server), [FIRST], "{status}");
    }
}

/// Without flags, one project's 404 with runs elsewhere does not take the order away from the others.
#[tokio::test]
async fn the_oldest_first_are_asked_from_the_first_again() {
    let server = server(true, true).await;
    disturb(&server, FIRST, FaultKind::Status(404), Some(1));
    server.call("fetch_runs", arguments(&json!({}))).await;
    asked(&server);
    let oldest = server.call("fetch_runs", arguments(&json!({"order_by": "start_time"}))).await;
    assert_eq!((ids(&oldest).len(), asked(&server)), (5, vec![FIRST.to_owned()]));
}

#[tokio::test]
async fn a_backend_that_the_deployment_lacks_is_not_remembered() {
    let server = Server::with_langsmith(Options { service: Service::CH_ONLY, ..Options::default() }).await;
    for _ in 0..2 {
        disturb(&server, FIRST, FaultKind::Status(501), Some(1));
        server.fail("fetch_runs", arguments(&json!({}))).await;
        assert_eq!(ids(&server.call("fetch_runs", arguments(&json!({}))).await).len(), 5);
    }
}

/// A web app may answer with its page for any path.
#[tokio::test]
async fn what_answers_in_place_of_the_second_says_nothing_of_a_project() {
    for kind in [FaultKind::Html, FaultKind::Malformed, FaultKind::Status(401)] {
        let server = server(true, true).await;
        refuse(&server, FIRST, 404);
        disturb(&server, SECOND, kind, None);
        let error = server.fail("fetch_runs", arguments(&json!({}))).await;
        assert_eq!(error["kind"], "not_found", "{kind:?}: {error}");
    }
}

/// A deployment that switched its first backend off, but not the route of it.
fn switched_off() -> Router {
    let page = json!({"items": [{"id": "0aaf3a01-5a0b-4a4b-9d57-28f1a5a4a001", "name": "late"}]});
    Router::new()
        .route(
            "/api/v1/info",
            get(async || {
                Json(json!({"instance_flags": {"ch_query_enabled": false, "sdb_query_enabled": true}}))
            }),
        )
        .route(FIRST, post(async || Json(json!({"runs": [], "cursors": {"next": ""}}))))
        .route(SECOND, post(async move || Json(page.clone())))
}

#[tokio::test]
async fn no_runs_are_looked_for_where_the_flags_say() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let fake = tokio::spawn(axum::serve(listener, switched_off()).into_future());
    let server = Server::before(&endpoint).await;
    let project =
        json!({"project_id": "33333333-3333-4333-8333-333333333333", "limit": 5, "start_time": "2026-01-01"});
    for _ in 0..2 {
        let answer = server.call("fetch_runs", project.clone()).await;
        assert_eq!(answer["runs"][0]["name"], "late", "{answer}");
    }
    fake.abort();
}
