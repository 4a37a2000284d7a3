//! `fetch_runs` by cursor: its content, its validation, and its cost.

use std::time::Duration;

use axum::routing::{get, post};
use axum::{Json, Router, serve};
use langsmith_double::data::{ADA_WORKSPACE, sample_id};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::common::{add, count, extended};
use crate::deployment::Need;
use crate::runs::fetch_runs_walks::{Walked, ids, walk};
use crate::support::{Server, stored};

fn support_bot(more: &Value) -> Value {
    extended(json!({"project_name": "support-bot", "limit": 10, "detail": "ids"}), more)
}

async fn message(server: &Server, more: &Value) -> String {
    let error = server.fail("fetch_runs", support_bot(more)).await;
    assert_eq!((&error["kind"], &error["retryable"]), (&json!("invalid"), &json!(false)), "{error}");
    error["error"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_walk_goes_beyond_the_limit_with_one_query_a_page() {
    let server = Server::needing(&[Need::FirstApi]).await;
    let Walked { runs, queries } = walk(&server, &support_bot(&json!({"limit": 7}))).await;
    assert_eq!(runs.len(), 100);
    assert!(queries.iter().all(|queries| *queries == 1), "{queries:?}");
    assert_eq!(queries.len(), 15);
    assert_eq!(count(&server, "/sessions"), 1);
}

#[tokio::test]
async fn every_answer_with_more_to_give_says_how_to_go_on() {
    let server = Server::start().await;
    let all = ids(&server
        .call("fetch_runs", support_bot(&json!({"limit": 100, "max_chars_per_page": 30_000})))
        .await);
    let small = json!({"limit": 10, "max_chars_per_page": 900});
    for page in 1..=3_usize {
        let mut arguments = support_bot(&small);
        arguments["page_number"] = json!(page);
        let shown = server.call("fetch_runs", arguments).await;
        let last = ids(&shown).pop().unwrap();
        let mut arguments = support_bot(&small);
        arguments["cursor"] = shown["next_cursor"].clone();
        let next = server.call("fetch_runs", arguments).await;
        let at = all.iter().position(|id| *id == last).unwrap();
        assert_eq!(ids(&next)[0], all[at + 1], "page {page}");
        assert_eq!(next["page_number"], 1);
    }
    let beyond = server.call("fetch_runs", support_bot(&json!({"page_number": 99}))).await;
    assert_eq!((ids(&beyond).len(), beyond["next_cursor"].is_string()), (0, true));
    let whole =
        server.call("fetch_runs", support_bot(&json!({"limit": 100, "max_chars_per_page": 30_000}))).await;
    assert!(whole.get("next_cursor").is_none());
}

#[tokio::test]
async fn sizes_and_details_may_change_on_the_way() {
    let server = Server::start().await;
    let all = ids(&server
        .call("fetch_runs", support_bot(&json!({"limit": 100, "max_chars_per_page": 30_000})))
        .await);
    let first =
        server.call("fetch_runs", support_bot(&json!({"limit": 100, "max_chars_per_page": 6000}))).await;
    let delivered = ids(&first).len();
    assert!(delivered > 10, "{delivered}");
    let change =
        json!({"limit": 3, "detail": "full", "max_chars_per_page": 30_000, "cursor": first["next_cursor"]});
    let next = server.call("fetch_runs", support_bot(&change)).await;
    assert_eq!(ids(&next), all[delivered..delivered + ids(&next).len()]);
    assert!(!ids(&next).is_empty() && ids(&next).len() <= 3);
}

#[tokio::test]
async fn a_trace_is_walked_through_by_item() {
    let server = Server::start().await;
    let root = server.call("fetch_runs", support_bot(&json!({"limit": 1, "is_root": true}))).await;
    let trace = json!({"limit": 2, "trace_id": root["runs"][0]["trace_id"]});
    let Walked { runs, queries } = walk(&server, &support_bot(&trace)).await;
    assert_eq!(runs.len(), 5);
    assert_eq!(queries, [1, 1, 1]);
}

#[tokio::test]
async fn what_is_no_cursor_is_refused_before_anything_is_asked() {
    let server = Server::start().await;
    let first = server.call("fetch_runs", support_bot(&json!({}))).await;
    let cursor = first["next_cursor"].as_str().unwrap();
    server.langsmith().clear_requests();
    for garbage in ["x", "{\"b\":1}", "AAAA", "====", "\u{0}", &cursor[1..], &"A".repeat(100_000)] {
        assert!(
            message(&server, &json!({"cursor": garbage})).await.starts_with("cursor must be"),
            "{garbage:.20}"
        );
    }
    for (name, value) in [
        ("filter", json!("eq(run_type, \"llm\")")),
        ("run_type", json!("llm")),
        ("is_root", json!(true)),
        ("start_time", json!("2026-01-01")),
        ("order_by", json!("start_time")),
        ("project_name", json!("nightly-summaries")),
    ] {
        let message = message(&server, &json!({"cursor": cursor, name: value})).await;
        assert!(message.starts_with("cursor belongs"), "{name}: {message}");
    }
    assert!(message(&server, &json!({"cursor": cursor, "page_number": 2})).await.contains("page_number"));
    assert!(message(&server, &json!({"cursor": cursor, "order_by": "latency"})).await.contains("order_by"));
    assert_eq!(server.langsmith().requests().len(), 0);
}

#[tokio::test]
async fn a_cursor_stays_in_its_workspace() {
    let server = Server::needing(&[Need::OnePlace]).await;
    let call = async |workspace: &Value, cursor: &Value| {
        let arguments =
            json!({"project_name": "twin", "limit": 1, "workspace_id": workspace, "cursor": cursor});
        server.call_as("ada-everywhere", "fetch_runs", arguments).await
    };
    // Both workspaces get a project of the same name.
    for workspace in [langsmith_double::data::TEAM_WORKSPACE, ADA_WORKSPACE] {
        twin(&server, workspace).await;
    }
    let team = json!(langsmith_double::data::TEAM_WORKSPACE);
    let first = call(&team, &Value::Null).await.result();
    let cursor = &first["structuredContent"]["next_cursor"];
    assert!(cursor.is_string(), "{first}");
    let error = call(&json!(ADA_WORKSPACE), cursor).await.tool_error();
    assert!(error["error"].as_str().unwrap().starts_with("cursor belongs"), "{error}");
    assert_eq!(call(&team, cursor).await.result()["isError"], false);
}

/// Adds project `twin` with two runs to a workspace.
async fn twin(server: &Server, workspace: uuid::Uuid) {
    let session = sample_id(&format!("twin:{workspace}"));
    let mut things = vec![("/sessions", json!({"id": session, "name": "twin"}))];
    for number in 0..2 {
        let id = sample_id(&format!("twin:{workspace}:{number}"));
        let start = stored(server.now().plus(Duration::from_millis(number))) + "Z";
        let compact: String = start.chars().filter(|c| !matches!(c, '-' | ':' | '.')).collect();
        things.push((
            "/runs",
            json!({"id": id, "trace_id": id, "name": "step", "run_type": "chain", "session_id": session,
            "start_time": start, "dotted_order": format!("{compact}{id}")}),
        ));
    }
    add(server, workspace, &things).await;
}

#[tokio::test]
async fn an_order_made_here_ends_with_what_was_fetched() {
    let server = Server::start().await;
    let page = server
        .call("fetch_runs", support_bot(&json!({"order_by": "-latency", "max_chars_per_page": 500})))
        .await;
    assert!(page["total_pages"].as_i64() > Some(1) && page.get("next_cursor").is_none());
}

#[tokio::test]
async fn a_window_given_by_the_caller_holds_on_every_page() {
    let server = Server::needing(&[Need::FirstApi]).await;
    let all = ids(&server
        .call("fetch_runs", support_bot(&json!({"limit": 100, "max_chars_per_page": 30_000})))
        .await);
    let page = server
        .call(
            "fetch_runs",
            support_bot(&json!({"limit": 100, "max_chars_per_page": 30_000, "detail": "preview"})),
        )
        .await;
    let start = page["runs"][9]["start_time"].clone();
    let Walked { runs, .. } = walk(&server, &support_bot(&json!({"limit": 2, "start_time": start}))).await;
    assert_eq!(runs, all[..10]);
    for request in
        server.langsmith().requests().iter().filter(|request| request.path.contains("runs/query")).skip(2)
    {
        let body: Value = serde_json::from_str(&request.body).unwrap();
        assert!(body["start_time"].as_str().is_some_and(|time| time.ends_with('Z')), "{body}");
    }
}

/// A LangSmith whose second page refers to itself.
async fn standing_still() -> String {
    let page = async |Json(query): Json<Value>| {
        let id = sample_id(if query.get("cursor").is_some() { "still:2" } else { "still:1" });
        let run = json!({"id": id, "start_time": "2026-01-01T00:00:00.000000"});
        Json(json!({"runs": [run], "cursors": {"next": "still"}}))
    };
    let project = async || Json(json!([{"id": sample_id("project:still"), "name": "still"}]));
    let router =
        Router::new().route("/api/v1/sessions", get(project)).route("/api/v1/runs/query", post(page));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { serve(listener, router).await.unwrap() });
    format!("http://{address}")
}

#[tokio::test]
async fn a_cursor_that_stands_still_ends_the_walk() {
    let server = Server::before(&standing_still().await).await;
    let expected = ["still:1", "still:2"].map(|name| sample_id(name).to_string());
    for limit in [1, 5] {
        let arguments = json!({"project_name": "still", "limit": limit, "detail": "ids"});
        assert_eq!(walk(&server, &arguments).await.runs, expected, "{limit}");
    }
}
