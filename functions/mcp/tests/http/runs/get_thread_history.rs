//! `get_thread_history`: the form of a conversation, and the requests for it.

use std::time::Duration;

use langsmith_double::{Dataset, FaultKind};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::common::{disturb, extended};
use crate::deployment::Need;
use crate::support::Server;

const PROJECT: &str = "conversations";

fn arguments(thread: &str, more: &Value) -> Value {
    let arguments =
        json!({"thread_id": thread, "project_name": PROJECT, "page_number": 1, "max_chars_per_page": 30_000});
    extended(arguments, more)
}

async fn history(server: &Server, thread: &str, more: &Value) -> Value {
    server.call("get_thread_history", arguments(thread, more)).await
}

/// The contents of the messages, in any form.
fn contents(page: &Value) -> Vec<&str> {
    let content = |message: &'_ Value| message.pointer("/kwargs/content").is_some();
    page["result"]
        .as_array()
        .unwrap()
        .iter()
        .map(|message| if content(message) { &message["kwargs"]["content"] } else { &message["content"] })
        .map(|content| content.as_str().unwrap())
        .collect()
}

/// The bodies of the run queries.
fn queries(server: &Server) -> Vec<Value> {
    let requests = server.langsmith().requests().into_iter();
    requests
        .filter(|request| request.path.ends_with("/runs/query"))
        .map(|request| serde_json::from_str(&request.body).unwrap())
        .collect()
}

fn inject(server: &Server, kind: FaultKind, times: Option<u32>) {
    disturb(server, "/runs/query", kind, times);
}

#[tokio::test]
async fn more_than_a_hundred_calls_come_down_to_what_was_said() {
    let server = Server::needing(&[Need::FirstApi]).await;
    let page = history(&server, "long-chat", &json!({})).await;
    let expected: Vec<String> =
        (0..120).flat_map(|turn| [format!("Question {turn}"), format!("Answer {turn}")]).collect();
    assert_eq!(contents(&page), expected);
    assert_eq!(page["result"][0], json!({"role": "user", "content": "Question 0"}));
    assert_eq!(page.get("_incomplete"), None);
    let queries = queries(&server);
    assert_eq!(queries.len(), 2);
    assert_eq!((&queries[0]["run_type"], &queries[0]["limit"]), (&json!("llm"), &json!(100)));
    assert_eq!(
        queries[0]["filter"],
        r#"and(in(metadata_key, ["session_id","conversation_id","thread_id"]), eq(metadata_value, "long-chat"))"#
    );
    assert_eq!(queries[0]["select"], json!(["id", "inputs", "outputs", "start_time", "trace_id"]));
    assert_eq!((queries[0].get("cursor"), queries[0].get("start_time")), (None, None));
}

#[tokio::test]
async fn pages_cover_every_message_once() {
    let server = Server::start().await;
    let whole = history(&server, "long-chat", &json!({})).await;
    let more = |page: u64| json!({"page_number": page, "max_chars_per_page": 1500, "preview_chars": "0"});
    let first = history(&server, "long-chat", &more(1)).await;
    let total = first["total_pages"].as_u64().unwrap();
    assert!(total > 3, "{total}");
    let mut seen: Vec<Value> = Vec::new();
    for page in 1..=total {
        seen.extend(history(&server, "long-chat", &more(page)).await["result"].as_array().unwrap().clone());
    }
    assert_eq!(json!(seen), whole["result"]);
    let beyond = history(&server, "long-chat", &more(total + 1)).await;
    let envelope = json!({"result": [], "page_number": total + 1, "total_pages": total, "max_chars_per_page": 1500,
        "preview_chars": 0});
    assert_eq!(beyond, envelope);
}

#[tokio::test]
async fn langchain_messages_are_read_and_a_call_traced_twice_counts_once() {
    let server = Server::start().await;
    let page = history(&server, "langchain-chat", &json!({})).await;
    let expected = [
        "It is 9:00. Be polite.",
        "Guten Tag, was kostet der Versand?",
        "Innerhalb der EU 4,90 €.",
        "It is 10:00. Be polite.",
        "送料は日本まで？",
        "日本までは 12 € です。🚢",
        "It is 11:00. Be polite.",
        "Danke!",
        "Gern geschehen.",
        "It is 12:00. Be polite.",
        "Danke!",
        "Gern geschehen.",
    ];
    assert_eq!(contents(&page), expected);
    assert!(page["result"].as_array().unwrap().iter().all(|message| message["lc"] == 1));
}

#[tokio::test]
async fn side_remarks_of_a_turn_are_shown_between() {
    let server = Server::start().await;
    let page =
        history(&server, "thread-2", &json!({"project_name": "support-bot", "preview_chars": 20})).await;
    let shown = contents(&page);
    assert_eq!(shown.len(), 1 + 5 * 3, "{shown:?}");
    assert_eq!(
        shown[..5],
        [
            "You help customers o… (+15 chars)",
            "Where is my order 1042?",
            "I will look up the order.",
            "Order 1042 left the … (+42 chars)",
            "Can I still change the address?"
        ]
    );
}

#[tokio::test]
async fn any_thread_id_is_one_text_and_the_same_words_are_said_again() {
    let server = Server::start().await;
    let page = history(&server, "say \"yes\" \\ 言語 😀", &json!({})).await;
    let expected =
        ["Shall we go on?", "Say yes.", "yes", "Really?", "yes", "Really?", "言った！", "So be it."];
    assert_eq!(contents(&page), expected);
    for hostile in ["x\"), eq(run_type, \"llm", "\\", "\"", "\u{1}", "long-chat\n", "long-chat\\\""] {
        let error = server.fail("get_thread_history", arguments(hostile, &json!({}))).await;
        assert_eq!(error["kind"], "not_found", "{error}");
    }
}

#[tokio::test]
async fn what_is_not_there_is_named() {
    let server = Server::needing(&[Need::FirstApi]).await;
    for (thread, project, text) in [
        ("nothread", PROJECT, "No runs found for thread nothread in project conversations"),
        ("no-messages", PROJECT, "No messages found in the runs for thread no-messages"),
        ("long-chat", "nowhere", "Project nowhere not found"),
    ] {
        let error =
            server.fail("get_thread_history", arguments(thread, &json!({ "project_name": project }))).await;
        assert_eq!((&error["error"], &error["kind"]), (&json!(text), &json!("not_found")));
    }
}

#[tokio::test]
async fn a_window_is_sent_and_kept_to() {
    let server = Server::needing(&[Need::FirstApi]).await;
    let runs = json!({"project_name": PROJECT, "limit": 100, "run_type": "llm", "order_by": "start_time"});
    let runs = server.call("fetch_runs", runs).await;
    let starts: Vec<&str> =
        runs["runs"].as_array().unwrap().iter().map(|run| run["start_time"].as_str().unwrap()).collect();
    server.langsmith().clear_requests();
    let page = history(&server, "long-chat", &json!({"start_time": starts[3], "end_time": starts[4]})).await;
    assert!(contents(&page).contains(&"Answer 3") && !contents(&page).contains(&"Answer 5"), "{page}");
    let query = queries(&server).pop().unwrap();
    let moment = |text: &str| OffsetDateTime::parse(text, &Rfc3339).unwrap();
    assert_eq!(moment(query["start_time"].as_str().unwrap()), moment(starts[3]));
    assert!(query["filter"].as_str().unwrap().contains(", lt(start_time, \""), "{query}");
}

#[tokio::test]
async fn an_endless_thread_can_be_read_in_parts() {
    let server = Server::needing_with_data(&[Need::FirstApi], Dataset::Large).await;
    let more =
        |cursor: &Value| json!({"project_name": "large-conversations", "page_number": 1, "cursor": cursor});
    let newest = history(&server, "endless", &more(&Value::Null)).await;
    assert_eq!((&newest["_incomplete"], contents(&newest)[0]), (&json!(true), "Question 100"));
    assert_eq!(queries(&server).len(), 10);
    let message = newest["_incomplete_message"].as_str().unwrap();
    assert!(message.contains("1000 LLM runs") && message.contains("next_cursor"), "{message}");
    let older = history(&server, "endless", &more(&newest["next_cursor"])).await;
    let shown = contents(&older);
    assert_eq!((older.get("_incomplete"), shown[0]), (None, "Question 0"));
    assert!(shown.contains(&"Answer 99"), "{shown:?}");
    let mut other = arguments("other", &more(&newest["next_cursor"]));
    let error = server.fail("get_thread_history", other.clone()).await;
    assert!(error["error"].as_str().unwrap().starts_with("cursor belongs to a call"), "{error}");
    other["cursor"] = json!("x");
    assert_eq!(server.fail("get_thread_history", other).await["kind"], "invalid");
}

#[tokio::test]
async fn a_message_beyond_the_page_is_shortened() {
    let server = Server::start().await;
    let page =
        history(&server, "one-huge-message", &json!({"preview_chars": 0, "max_chars_per_page": 2000})).await;
    assert_eq!((&page["_truncated"], &page["total_pages"]), (&json!(true), &json!(2)));
    let kept = contents(&page)[0].chars().count();
    assert!(contents(&page)[0].ends_with(" chars)") && (1900..2000).contains(&kept), "{kept}");
}

#[tokio::test]
async fn a_rate_limit_on_the_way_leaves_what_was_read() {
    let server = Server::needing(&[Need::FirstApi]).await;
    inject(&server, FaultKind::Slow(Duration::ZERO), Some(1));
    inject(&server, FaultKind::RateLimited { retry_after_secs: None }, None);
    let page = history(&server, "long-chat", &json!({})).await;
    assert_eq!((&page["_incomplete"], contents(&page).last()), (&json!(true), Some(&"Answer 119")));
    assert!(page["_incomplete_message"].as_str().unwrap().contains("Only 100 "));
    assert!(page["next_cursor"].is_string());
    let error = server.fail("get_thread_history", arguments("long-chat", &json!({}))).await;
    assert_eq!(error["kind"], "rate_limited");
}

#[tokio::test]
async fn an_outage_on_the_way_fails_the_call() {
    let server = Server::start().await;
    inject(&server, FaultKind::Slow(Duration::ZERO), Some(1));
    inject(&server, FaultKind::Status(500), None);
    let error = server.fail("get_thread_history", arguments("long-chat", &json!({}))).await;
    assert_eq!((&error["kind"], &error["retryable"]), (&json!("upstream"), &json!(true)));
}

#[tokio::test]
async fn too_large_an_answer_is_asked_for_in_smaller_parts() {
    let server = Server::needing(&[Need::FirstApi]).await;
    inject(&server, FaultKind::Oversized(9 * 1024 * 1024), Some(1));
    let page = history(&server, "long-chat", &json!({})).await;
    assert_eq!((contents(&page).len(), page.get("_incomplete")), (240, None));
    let limits: Vec<u64> = queries(&server).iter().map(|query| query["limit"].as_u64().unwrap()).collect();
    assert_eq!(limits, [100, 20, 20, 20, 20, 20, 20]);
    inject(&server, FaultKind::Oversized(9 * 1024 * 1024), None);
    let error = server.fail("get_thread_history", arguments("long-chat", &json!({}))).await;
    assert_eq!((&error["kind"], &error["retryable"]), (&json!("upstream"), &json!(false)));
    let text = error["error"].as_str().unwrap();
    assert!(text.contains("8 MB") && text.contains("start_time") && !text.contains("select"), "{text}");
}

#[tokio::test]
async fn wrong_arguments_never_reach_langsmith() {
    let server = Server::start().await;
    for (more, name) in [
        (json!({"page_number": null}), "page_number"),
        (json!({"page_number": [1]}), "page_number"),
        (json!({"page_number": 0}), "page_number must be at least 1."),
        (json!({"max_chars_per_page": -1}), "max_chars_per_page must be at least 1."),
        (json!({"preview_chars": -1}), "preview_chars must be at least 0."),
        (json!({"thread_id": {}}), "thread_id"),
        (json!({"thread_id": "a\u{0}"}), "thread_id must be text without the character U+0000."),
        (json!({"project_name": ""}), "project_name"),
        (json!({"start_time": "yesterday"}), "start_time"),
        (json!({"end_time": "2026-01-01", "start_time": "2026-01-02"}), "start_time"),
        (json!({"limit": 5}), "limit"),
        (json!({"workspace_id": "team"}), "workspace_id"),
    ] {
        let error = server.fail("get_thread_history", arguments("t", &more)).await;
        assert_eq!(error["kind"], "invalid", "{more}");
        assert!(error["error"].as_str().unwrap().contains(name), "{error}");
    }
    assert!(server.langsmith().requests().is_empty());
}
