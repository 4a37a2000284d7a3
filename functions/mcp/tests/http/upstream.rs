//! LangSmith in every state of disorder: a clear tool error each time, and nothing more than that.

use std::time::Duration;

use langsmith_double::{Fault, FaultKind};
use serde_json::{Value, json};

use crate::support::Server;

async fn failed_with(kind: FaultKind) -> (Value, usize) {
    let server = Server::with_budget(Duration::from_millis(2500)).await;
    server.langsmith().inject(Fault { method: None, path_contains: String::new(), kind, times: None });
    let error = server.fail("fetch_runs", json!({"project_name": "support-bot", "limit": 3})).await;
    let text = error.to_string();
    assert!(!text.contains("127.0.0.1") && !text.contains("/api/v1") && !text.contains("lsv2"), "{text}");
    (error, server.langsmith().requests().len())
}

#[tokio::test]
async fn every_failure_has_its_kind() {
    for (fault, kind, retryable, attempts) in [
        (FaultKind::Status(401), "auth", true, 1),
        (FaultKind::Status(403), "forbidden", false, 1),
        (FaultKind::Status(404), "not_found", false, 1),
        (FaultKind::Status(422), "invalid", false, 1),
        (FaultKind::Status(500), "upstream", true, 1),
        (FaultKind::Status(502), "upstream", true, 3),
        (FaultKind::Status(503), "upstream", true, 3),
        (FaultKind::Status(504), "upstream", true, 3),
        (FaultKind::Status(302), "upstream", false, 1),
        (FaultKind::Malformed, "upstream", false, 1),
        (FaultKind::Html, "upstream", false, 1),
        (FaultKind::Oversized(9 * 1024 * 1024), "upstream", false, 1),
        (FaultKind::Drop, "upstream", true, 3),
        (FaultKind::RateLimited { retry_after_secs: None }, "rate_limited", true, 1),
    ] {
        let (error, requests) = failed_with(fault).await;
        assert_eq!(
            (error["kind"].as_str(), error["retryable"].as_bool()),
            (Some(kind), Some(retryable)),
            "{fault:?}"
        );
        assert_eq!(requests, attempts, "{fault:?}");
    }
}

#[tokio::test]
async fn a_rate_limit_says_when_to_come_back() {
    let (error, requests) = failed_with(FaultKind::RateLimited { retry_after_secs: Some(30) }).await;
    assert_eq!((&error["kind"], &error["retry_after_seconds"]), (&json!("rate_limited"), &json!(30)));
    assert_eq!(requests, 1);
}

#[tokio::test]
async fn silence_ends_with_the_budget() {
    let server = Server::with_budget(Duration::from_millis(300)).await;
    let hang =
        Fault { method: None, path_contains: "/runs/query".into(), kind: FaultKind::Hang, times: None };
    server.langsmith().inject(hang);
    let error = server.fail("fetch_runs", json!({"project_name": "support-bot", "limit": 3})).await;
    assert_eq!((&error["kind"], &error["retryable"]), (&json!("upstream"), &json!(true)));
}

#[tokio::test]
async fn what_passes_by_itself_is_not_noticed() {
    let server = Server::start().await;
    for kind in [
        FaultKind::Status(503),
        FaultKind::Drop,
        FaultKind::RateLimited { retry_after_secs: Some(0) },
        FaultKind::Slow(Duration::from_millis(50)),
    ] {
        for path in ["/sessions", "/runs/query"] {
            server.langsmith().inject(Fault {
                method: None,
                path_contains: path.into(),
                kind,
                times: Some(1),
            });
        }
        let page = server.call("fetch_runs", json!({"project_name": "support-bot", "limit": 3})).await;
        assert_eq!(page["runs"].as_array().unwrap().len(), 3, "{kind:?}");
    }
}

#[tokio::test]
async fn a_credential_without_the_permission_is_told_so() {
    let server = Server::start().await;
    let error = server.call_as("limited", "list_prompts", json!({})).await.tool_error();
    assert_eq!(error["kind"], "forbidden");
}

#[tokio::test]
async fn langsmith_that_is_gone_is_an_upstream_error() {
    let mut server = Server::with_budget(Duration::from_secs(3)).await;
    let other = langsmith_double::start(langsmith_double::Options::default()).await.unwrap();
    std::mem::replace(&mut server.double, other).stop().await;
    let error = server.fail("list_projects", json!({})).await;
    assert_eq!((&error["kind"], &error["retryable"]), (&json!("upstream"), &json!(true)));
}
