//! The documents in which some servers list their tools.

use std::time::Duration;

use mcp_client::{ToolList, manifest};
use primitives::deadline::Deadline;
use serde_json::{Value, json};

use crate::answer::{Answer, Part, page, tool};
use crate::server::{LONG, Server, client, names};

const MAX_DOCUMENT: usize = 1 << 20;

async fn fetch(server: &Server, path: &str) -> Option<ToolList> {
    manifest::fetch(&client(), &server.url(path), Deadline::after(LONG)).await
}

/// The tools where this is the first document, and the second one is good.
async fn after(first: Answer) -> Vec<String> {
    let server = Server::in_turn(vec![first, Answer::json(&page(&["good"], None))]).await;
    names(fetch(&server, "/mcp").await.unwrap())
}

#[tokio::test]
async fn the_places_are_asked_in_order() {
    for (path, card) in [
        ("/mcp", "/mcp/server-card"),
        ("/mcp/", "/mcp/server-card"),
        ("/team/mcp//?key=hunter2", "/team/mcp/server-card"),
        ("/a%2Fb%20c", "/a%2Fb%20c/server-card"),
        ("", "/server-card"),
        ("/?x", "/server-card"),
    ] {
        let server = Server::always(Answer::status(404)).await;
        assert!(fetch(&server, path).await.is_none(), "{path}");
        let asked = server.asked();
        let targets: Vec<_> = asked.iter().map(|asked| asked.target.as_str()).collect();
        assert_eq!(targets, [card, "/.well-known/mcp/server-card.json", "/.well-known/mcp.json"], "{path}");
        for asked in &asked {
            assert_eq!((asked.method.as_str(), asked.header("accept")), ("GET", "application/json"));
            let names: Vec<_> = asked.headers.keys().map(String::as_str).collect();
            assert_eq!(names, ["accept", "accept-encoding", "host", "user-agent"], "{path}");
        }
    }
}

#[tokio::test]
async fn the_first_document_with_tools_counts() {
    for at in 0..3 {
        let server = Server::start(move |_, before| match before.cmp(&at) {
            std::cmp::Ordering::Less => Answer::status(404),
            _ => Answer::json(&page(&["a", "b"], None)),
        })
        .await;
        let list = fetch(&server, "/mcp").await.unwrap();
        assert_eq!((list.left_out, list.ttl), (0, None));
        assert_eq!((names(list), server.whats().len()), (vec!["a".to_owned(), "b".to_owned()], at + 1));
    }
}

#[tokio::test]
async fn tools_are_kept_as_they_were_sent() {
    let json = r#"{ "name":"a", "inputSchema":{"b":1.0,"a":2} }"#;
    let server = Server::always(Answer::body("text/plain", format!(r#"{{"tools":[{json}],"x":1}}"#))).await;
    assert_eq!(fetch(&server, "/mcp").await.unwrap().tools[0].json.get(), json);
}

#[tokio::test]
async fn a_document_that_lists_no_tools_or_lies_does_not_count() {
    for document in [
        json!({}),
        json!([]),
        json!(null),
        json!({"tools": null}),
        json!({"tools": []}),
        json!({"tools": {"a": tool("a")}}),
        json!({"tools": ["dynamic"]}),
        json!({"tools": [tool("a"), "dynamic"]}),
        json!({"tools": [tool("a"), tool("b"), tool("a")]}),
        json!({"tools": [tool("a"), {"name": "b"}]}),
        json!({"tools": [tool("a"), {"name": "b", "inputSchema": true}]}),
        json!({"tools": [tool("a"), tool("")]}),
        json!({"tools": [tool(&"a".repeat(129))]}),
        json!({"result": {"tools": [tool("a")]}}),
        json!({"tools": (0..10_001).map(|at| tool(&at.to_string())).collect::<Vec<Value>>()}),
    ] {
        let start: String = document.to_string().chars().take(100).collect();
        assert_eq!(after(Answer::json(&document)).await, ["good"], "{start}");
    }
}

#[tokio::test]
async fn what_is_no_document_leads_to_the_next_place() {
    let document = page(&["a"], None);
    for status in [201, 204, 301, 304, 307, 401, 403, 404, 405, 429, 500, 503] {
        let answer = Answer::json(&document).of(status).with("location", "/.well-known/mcp.json");
        assert_eq!(after(answer).await, ["good"], "{status}");
    }
    for body in ["", "<!doctype html>", "{", "{\"tools\":[", "\u{feff}{}", "tools: []"] {
        assert_eq!(after(Answer::body("application/json", body)).await, ["good"], "{body}");
    }
    let json = Answer::json(&document);
    assert_eq!(after(json.clone().with("content-encoding", "gzip")).await, ["good"]);
    assert_eq!(after(Answer::body("text/event-stream", format!("data: {document}\n\n"))).await, ["good"]);
    assert_eq!(after(Answer::raw(vec![])).await, ["good"]);
}

#[tokio::test]
async fn a_document_may_be_as_large_as_the_limit_and_no_larger() {
    for (size, expected) in [(MAX_DOCUMENT, "a"), (MAX_DOCUMENT + 1, "good")] {
        let mut document = page(&["a"], None).to_string().into_bytes();
        document.resize(size, b' ');
        let open = Answer::open("application/json", vec![Part::Raw(document.clone())]);
        for answer in [Answer::body("application/json", document), open] {
            assert_eq!(after(answer).await, [expected], "{size}");
        }
    }
    let endless = Answer::open("application/json", vec![Part::Endless(b"  ".repeat(1000))]);
    assert_eq!(after(endless).await, ["good"]);
}

#[tokio::test]
async fn all_documents_share_one_second() {
    let server = Server::always(Answer::silent()).await;
    let (url, client, deadline) = (server.url("/mcp"), client(), Deadline::after(LONG));
    assert!(manifest::fetch(&client, &url, deadline).await.is_none());
    let used = LONG.saturating_sub(deadline.remaining());
    assert!(used < Duration::from_secs(3), "{used:?}");
    assert_eq!(server.whats(), ["GET"]);
}

#[tokio::test]
async fn after_the_deadline_there_is_no_document() {
    let server = Server::always(Answer::json(&page(&["a"], None))).await;
    let list = manifest::fetch(&client(), &server.url("/mcp"), Deadline::after(Duration::ZERO)).await;
    assert!(list.is_none());
}
