//! LangSmith in every state of failure: a clear tool error each time, and nothing more.

use std::time::Duration;

use langsmith_double::FaultKind;
use serde_json::{Value, json};

use langsmith_double::data::ADA_KEY;
use mcp::auth::{UnauthorizedOutcome, WorkspaceAccess};
use oauth::scope::ScopeSet;

use crate::common::disturb;
use crate::deployment::Need;
use crate::support::{Server, identity};

async fn failed_with(kind: FaultKind) -> (Value, usize) {
    let server = Server::needing(&[Need::OnePlace]).await;
    disturb(&server, "", kind, None);
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
        (FaultKind::RateLimited { retry_after_secs: None }, "rate_limited", true, 2),
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
    disturb(&server, "/runs/query", FaultKind::Hang, None);
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
            disturb(&server, path, kind, Some(1));
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

/// The name is looked up, the examples are refused, and the second attempt has only the rest of the time.
#[tokio::test]
async fn both_attempts_of_a_call_share_one_budget() {
    let mut server = Server::needing(&[Need::OnePlace]).await;
    server.set_budget(Duration::from_secs(1));
    let slow = FaultKind::Slow(Duration::from_millis(600));
    for (path, kind) in [("/datasets", slow), ("/examples", FaultKind::Status(401)), ("/examples", slow)] {
        disturb(&server, path, kind, Some(1));
    }
    let again = identity(ADA_KEY, WorkspaceAccess::KeyDefault { header: None }, ScopeSet::all());
    server.authenticator.outcomes.lock().unwrap().push_back(UnauthorizedOutcome::Retry(again));
    let error = server.fail("list_examples", json!({"dataset_name": "support-questions"})).await;
    assert_eq!(error["error"], "LangSmith did not answer in time.");
}

#[tokio::test]
async fn what_is_too_long_for_a_url_is_named_and_not_sent() {
    let server = Server::start().await;
    let emoji = |count: usize| "😀".repeat(count);
    let many = json!({"dataset_name": "support-questions", "filter": emoji(2000), "query": emoji(2000),
        "metadata": {"a": emoji(1900)}});
    let splits: Vec<String> = (0..20).map(|_| "é".repeat(200)).collect();
    let name = emoji(600);
    for (tool, arguments, names) in [
        ("list_examples", many, "dataset_name, filter, query, metadata would"),
        ("list_examples", json!({"dataset_name": "a", "splits": splits}), "dataset_name, splits would"),
        ("list_datasets", json!({"dataset_name": name}), "dataset_name would"),
        ("list_projects", json!({"query": name}), "query would"),
        ("list_prompts", json!({"query": name}), "query would"),
        ("list_experiments", json!({"reference_dataset_name": name}), "reference_dataset_name would"),
        ("read_dataset", json!({"dataset_name": name}), "dataset_name would"),
        ("fetch_runs", json!({"project_name": ["a", name], "limit": 1}), "project_name would"),
        (
            "get_thread_history",
            json!({"project_name": name, "thread_id": "a", "page_number": 1}),
            "project_name would",
        ),
        ("create_dataset", json!({"dataset_name": name}), "dataset_name would"),
        ("run_experiment", json!({"experiment_name": name}), "experiment_name would"),
    ] {
        let error = server.fail(tool, arguments).await;
        assert_eq!((&error["kind"], &error["retryable"]), (&json!("invalid"), &json!(false)), "{error}");
        assert!(
            error["error"].as_str().unwrap().starts_with(&format!("Too long: {names}")),
            "{tool}: {error}"
        );
    }
    assert!(server.langsmith().requests().is_empty());
    // A query that fits is sent.
    let fits = json!({"dataset_name": "support-questions", "query": emoji(550)});
    assert_eq!(server.call("list_examples", fits).await["examples"], json!([]));
}
