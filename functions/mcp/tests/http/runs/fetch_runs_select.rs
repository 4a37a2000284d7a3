//! `select` and `detail` of `fetch_runs`: the members shown, and those requested from LangSmith.

use serde_json::{Value, json};

use crate::common::extended;
use crate::deployment::Need;
use crate::support::Server;

async fn fetch(server: &Server, more: &Value) -> Value {
    server
        .call(
            "fetch_runs",
            extended(json!({"project_name": "support-bot", "limit": 2, "is_root": true}), more),
        )
        .await
}

fn members(page: &Value) -> Vec<&str> {
    page["runs"][0].as_object().unwrap().keys().map(String::as_str).collect()
}

fn selected(server: &Server) -> Value {
    let request = server.langsmith().requests().pop().unwrap();
    let body: Value = serde_json::from_str(&request.body).unwrap();
    body["select"].clone()
}

#[tokio::test]
async fn only_what_is_selected_is_shown_and_sent() {
    let server = Server::needing(&[Need::FirstApi]).await;
    let page = fetch(&server, &json!({"select": ["name", "total_cost"]})).await;
    assert_eq!(members(&page), ["id", "name", "total_cost"]);
    assert_eq!(selected(&server), json!(["id", "start_time", "name", "total_cost"]));
    let page = fetch(&server, &json!({"select": "outputs"})).await;
    assert_eq!(members(&page), ["id", "outputs"]);
    assert!(page["runs"][0]["outputs"].is_object());
    let page = fetch(&server, &json!({"select": "[\"tags\"]"})).await;
    assert_eq!(members(&page), ["id", "tags"]);
}

#[tokio::test]
async fn members_that_a_listing_leaves_out_can_be_selected() {
    let server = Server::needing(&[Need::FirstApi]).await;
    let page = fetch(&server, &json!({"select": ["child_run_ids", "in_dataset", "dotted_order"]})).await;
    let run = &page["runs"][0];
    assert_eq!(run["child_run_ids"].as_array().map(Vec::len), Some(4));
    assert_eq!(run["in_dataset"], json!(false));
    assert!(run["dotted_order"].as_str().unwrap().ends_with(run["id"].as_str().unwrap()));
    let usual = fetch(&server, &json!({})).await;
    assert_eq!((members(&usual).len(), &usual["runs"][0]["child_run_ids"]), (37, &Value::Null));
}

#[tokio::test]
async fn ids_are_short() {
    let server = Server::needing(&[Need::FirstApi]).await;
    let page = fetch(&server, &json!({"detail": "ids"})).await;
    assert_eq!(members(&page), ["id", "session_id", "start_time", "trace_id"]);
    assert_eq!(selected(&server), json!(["id", "start_time", "session_id", "trace_id"]));
}

#[tokio::test]
async fn full_cuts_nothing_that_fits() {
    let server = Server::needing(&[Need::FirstApi]).await;
    let texts = |page: &Value| page["runs"][0]["inputs"].to_string();
    let filter = json!({"is_root": null, "run_type": "llm", "limit": 1, "order_by": "start_time"});
    let with = |detail: &str| {
        let mut more = filter.clone();
        more["detail"] = json!(detail);
        more
    };
    let cut =
        fetch(&server, &json!({"run_type": "llm", "is_root": null, "limit": 1, "preview_chars": 5})).await;
    assert!(texts(&cut).contains(" chars)"));
    let full = fetch(&server, &with("full")).await;
    assert!(!texts(&full).contains(" chars)"));
    assert_eq!((&full["preview_chars"], full.get("_truncated")), (&json!(0), None));
    // Clients that fill in arguments write the schema's default.
    let default = fetch(&server, &json!({"detail": "full", "preview_chars": 150})).await;
    assert_eq!(default, fetch(&server, &json!({"detail": "full"})).await);
    assert_eq!(default["preview_chars"], 0);
    let small = fetch(&server, &json!({"detail": "full", "max_chars_per_page": 2000})).await;
    assert!(small.to_string().len() < 4000);
}

#[tokio::test]
async fn what_cannot_be_meant_is_refused_before_anything_is_asked() {
    let server = Server::start().await;
    for (more, name) in [
        (json!({"select": ["colour"]}), "colour"),
        (json!({"select": 7}), "select"),
        (json!({"select": ["name"], "detail": "ids"}), "select"),
        (json!({"detail": "everything"}), "detail"),
        (json!({"detail": "full", "preview_chars": 20}), "preview_chars"),
        (json!({"start_time": "yesterday"}), "start_time"),
        (json!({"end_time": "2026-13-01"}), "end_time"),
        (json!({"start_time": "2026-01-02", "end_time": "2026-01-01"}), "start_time"),
    ] {
        let arguments = extended(json!({"project_name": "support-bot", "limit": 2}), &more);
        let error = server.fail("fetch_runs", arguments).await;
        assert_eq!(error["kind"], "invalid");
        assert!(error["error"].as_str().unwrap().contains(name), "{error}");
    }
    assert_eq!(server.langsmith().requests().len(), 0);
}
