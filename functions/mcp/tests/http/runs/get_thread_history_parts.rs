//! `get_thread_history` of threads that are too long for one answer.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::extract::State;
use axum::routing::{get, post};
use axum::{Json, serve};
use langsmith_double::data::{TEAM_WORKSPACE, sample_id};
use serde_json::{Value, json};
use std::sync::Arc;
use tokio::net::TcpListener;

use crate::common::add;
use crate::deployment::Need;
use crate::support::Server;

fn arguments(project: &str, cursor: &Value) -> Value {
    json!({"thread_id": "crowd", "project_name": project, "page_number": 1, "max_chars_per_page": 30_000,
        "cursor": cursor})
}

/// Adds calls to a separate project, all of them started at the same moment.
async fn crowd(server: &Server, count: usize) {
    add(server, TEAM_WORKSPACE, &[("/sessions", json!({"name": "crowded"}))]).await;
    let runs: Vec<Value> = (0..count).map(call).collect();
    let batches: Vec<_> = runs.chunks(100).map(|some| ("/runs/batch", json!({ "post": some }))).collect();
    add(server, TEAM_WORKSPACE, &batches).await;
    server.langsmith().clear_requests();
}

fn call(number: usize) -> Value {
    let id = sample_id(&format!("crowd:{number}")).to_string();
    json!({"id": id, "trace_id": id, "dotted_order": format!("20261101T000000000000Z{id}"), "name": "call",
        "run_type": "llm", "session_name": "crowded", "start_time": "2026-11-01T00:00:00.000000Z",
        "end_time": "2026-11-01T00:00:01.000000Z", "extra": {"metadata": {"thread_id": "crowd"}},
        "inputs": {"messages": [{"role": "user", "content": format!("m{number}")}]}, "outputs": {}})
}

/// The contents of all messages, page by page, up to the next part.
async fn read(server: &Server, cursor: &Value, seen: &mut Vec<String>) -> Value {
    let mut page_number = 1;
    loop {
        let mut arguments = arguments("crowded", cursor);
        arguments["page_number"] = json!(page_number);
        let page = server.call("get_thread_history", arguments).await;
        let messages = page["result"].as_array().unwrap();
        seen.extend(messages.iter().map(|message| message["content"].as_str().unwrap().to_owned()));
        if page["total_pages"].as_u64().unwrap() <= page_number {
            return page.get("next_cursor").cloned().unwrap_or(Value::Null);
        }
        page_number += 1;
    }
}

#[tokio::test]
async fn calls_of_one_moment_are_all_reached_once() {
    let server = Server::needing(&[Need::OldRuns, Need::FirstApi]).await;
    crowd(&server, 1100).await;
    let mut seen = Vec::new();
    let next = read(&server, &Value::Null, &mut seen).await;
    assert_eq!((seen.len(), next.is_string()), (1000, true));
    assert_eq!(read(&server, &next, &mut seen).await, Value::Null);
    assert_eq!((seen.len(), seen.iter().collect::<BTreeSet<_>>().len()), (1100, 1100));
}

/// A LangSmith whose pages are empty and never end.
async fn endless_nothing() -> String {
    let pages = Arc::new(AtomicUsize::new(0));
    let page = async |State(pages): State<Arc<AtomicUsize>>| {
        let next = pages.fetch_add(1, Ordering::Relaxed).to_string();
        Json(json!({"runs": [], "cursors": {"next": next}}))
    };
    let router = Router::new()
        .route(
            "/api/v1/sessions",
            get(async || Json(json!([{"id": sample_id("project:nothing"), "name": "nothing"}]))),
        )
        .route("/api/v1/runs/query", post(page))
        .with_state(pages);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { serve(listener, router).await.unwrap() });
    format!("http://{address}")
}

#[tokio::test]
async fn pages_without_runs_are_no_proof_that_there_are_none() {
    let server = Server::before(&endless_nothing().await).await;
    let page = server.call("get_thread_history", arguments("nothing", &Value::Null)).await;
    assert_eq!((&page["result"], &page["_incomplete"]), (&json!([]), &json!(true)), "{page}");
    assert!(page["_incomplete_message"].as_str().unwrap().contains("Only 0 LLM runs"), "{page}");
    let further = server.call("get_thread_history", arguments("nothing", &page["next_cursor"])).await;
    assert_ne!(further["next_cursor"], page["next_cursor"]);
}
