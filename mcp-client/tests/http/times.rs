//! How long is waited. The clock of these tests jumps ahead when a server makes all wait, so that none takes its time.

use std::time::Duration;

use mcp_client::{ListFailure, ServerAddress, list_tools};
use outbound::OutboundFailure;
use primitives::deadline::Deadline;
use serde_json::json;

use crate::answer::{Answer, Part, page, response};
use crate::server::{LONG, Server, client, names};

fn timeout() -> ListFailure {
    ListFailure::Outbound(OutboundFailure::Timeout)
}

/// Runs on a clock of its own.
fn alone(test: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(test);
}

/// The outcome of a list that has this time, and how much of it was used.
async fn list(server: &Server, span: Duration) -> (Result<Vec<String>, ListFailure>, Duration) {
    let address = ServerAddress { url: server.url("/mcp"), headers: http::HeaderMap::new() };
    let (client, deadline) = (client(), Deadline::after(span));
    let listed = list_tools(&client, &address, deadline).await;
    (listed.map(names), span.saturating_sub(deadline.remaining()))
}

#[test]
fn a_body_that_drips_ends_at_the_deadline() {
    for (kind, drip) in
        [("text/event-stream", ": \n\n"), ("text/event-stream", "x"), ("application/json", " ")]
    {
        alone(async {
            let parts = vec![Part::Jump, Part::Drip(drip.into())];
            let server = Server::always(Answer::open(kind, parts)).await;
            assert_eq!(list(&server, LONG).await, (Err(timeout()), LONG), "{kind}");
            // No other protocol makes a slow server faster.
            assert_eq!(server.whats(), ["tools/list"], "{kind}");
        });
    }
}

#[test]
fn a_body_that_stops_ends_after_some_seconds() {
    for kind in ["text/event-stream", "application/json"] {
        alone(async {
            let parts = vec![Part::Raw(b"data: {".to_vec()), Part::Jump, Part::Hold];
            let server = Server::always(Answer::open(kind, parts)).await;
            let (listed, used) = list(&server, LONG).await;
            assert_eq!(listed, Err(timeout()), "{kind}");
            assert!(used < Duration::from_secs(10), "{used:?}");
        });
    }
}

#[tokio::test]
async fn pages_share_the_deadline() {
    // Each page takes four seconds, which none is too slow for.
    let server = Server::start(|_, before| {
        let body = response(&page(&["a"], Some(&before.to_string()))).to_string();
        let mut parts = vec![Part::Slow; 4];
        parts.push(Part::Raw(body.into_bytes()));
        Answer::open("application/json", parts)
    })
    .await;
    let span = Duration::from_secs(30);
    assert_eq!(list(&server, span).await, (Err(timeout()), span));
    assert_eq!(server.whats().len(), 8);
}

#[tokio::test]
async fn a_list_is_not_kept_waiting_by_the_end_of_its_session() {
    let server = Server::start(|asked, _| match asked.what().as_str() {
        _ if asked.header("mcp-protocol-version") == "2026-07-28" => Answer::status(400),
        "initialize" => Answer::result(&json!({"protocolVersion": "2025-11-25"})).with("mcp-session-id", "s"),
        "tools/list" => Answer::result(&page(&["a"], None)),
        "DELETE" => Answer::silent(),
        _ => Answer::status(202),
    })
    .await;
    let (listed, used) = list(&server, LONG).await;
    assert_eq!(listed.unwrap(), ["a"]);
    assert_eq!(server.whats().last().unwrap(), "DELETE");
    assert!(used < Duration::from_secs(3), "{used:?}");
}

#[tokio::test]
async fn a_server_that_does_not_answer_is_waited_for_until_the_deadline() {
    let server = Server::always(Answer::silent()).await;
    assert_eq!(list(&server, LONG).await, (Err(timeout()), LONG));
    assert_eq!(server.whats(), ["tools/list"]);
}

#[tokio::test]
async fn a_deadline_that_has_passed_is_a_timeout() {
    let server = Server::always(Answer::result(&page(&["a"], None))).await;
    assert_eq!(list(&server, Duration::ZERO).await.0, Err(timeout()));
}
