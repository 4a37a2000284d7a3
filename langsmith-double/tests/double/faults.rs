//! Faults, recorded requests, and their control over HTTP.

use std::time::Duration;

use langsmith_double::data::{ADA_KEY, ADA_WORKSPACE};
use langsmith_double::{AuthKind, Fault, FaultKind, Options};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::client::{Probe, answer, ok, send};

fn always(kind: FaultKind) -> Fault {
    Fault { method: None, path_contains: "/sessions".to_owned(), kind, times: None }
}

#[tokio::test]
async fn a_fault_hits_what_it_names_and_as_often() {
    let probe = Probe::start().await;
    let handle = probe.double.handle();
    let once = Fault { method: Some(Method::GET), times: Some(1), ..always(FaultKind::Status(503)) };
    handle.inject(once);
    handle.inject(Fault { method: Some(Method::POST), ..always(FaultKind::Status(500)) });
    assert_eq!(probe.status("/workspaces", ADA_KEY).await, StatusCode::OK);
    assert_eq!(probe.status("/api/v1/sessions", ADA_KEY).await, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(probe.status("/api/v1/sessions", ADA_KEY).await, StatusCode::OK);
    handle.inject(always(FaultKind::Status(403)));
    let body = answer(probe.get("/sessions", ADA_KEY), StatusCode::FORBIDDEN).await;
    assert_eq!(body, json!({"detail": "Forbidden"}));
    handle.clear_faults();
    assert_eq!(probe.status("/sessions", ADA_KEY).await, StatusCode::OK);
}

#[tokio::test]
async fn rate_limits_state_when_to_come_back() {
    let probe = Probe::start().await;
    let limited = FaultKind::RateLimited { retry_after_secs: Some(7) };
    probe.double.handle().inject(always(limited));
    let response = send(probe.get("/sessions", ADA_KEY)).await;
    assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(response.headers()["retry-after"], "7");
}

#[tokio::test]
async fn oauth_faults_speak_oauth() {
    let probe = Probe::start().await;
    let fault = Fault { path_contains: "/oauth/token".to_owned(), ..always(FaultKind::Status(500)) };
    probe.double.handle().inject(fault);
    let body = answer(probe.http.post(probe.url("/oauth/token")), StatusCode::INTERNAL_SERVER_ERROR).await;
    assert_eq!(body["error"], "server_error");
}

#[tokio::test]
async fn a_dropped_connection_gives_no_answer() {
    let probe = Probe::start().await;
    probe.double.handle().inject(Fault { times: Some(1), ..always(FaultKind::Drop) });
    let error = probe.get("/sessions", ADA_KEY).send().await.expect_err("no answer");
    assert!(error.is_request(), "{error}");
    assert_eq!(probe.status("/sessions", ADA_KEY).await, StatusCode::OK);
}

#[tokio::test]
async fn broken_bodies() {
    let probe = Probe::start().await;
    let body = async |kind| {
        probe.double.handle().clear_faults();
        probe.double.handle().inject(always(kind));
        let response = send(probe.get("/sessions", ADA_KEY)).await;
        assert_eq!(response.status(), StatusCode::OK);
        response.text().await.expect("a body")
    };
    assert!(serde_json::from_str::<Value>(&body(FaultKind::Malformed).await).is_err());
    assert!(body(FaultKind::Html).await.starts_with("<!doctype html>"));
    let large = body(FaultKind::Oversized(3_000_000)).await;
    assert!(large.len() >= 3_000_000);
    assert_eq!(serde_json::from_str::<Value>(&large).expect("valid JSON"), json!([]));
}

#[tokio::test]
async fn a_slow_answer_is_the_right_one() {
    let probe = Probe::start().await;
    let undisturbed = probe.json("/sessions").await;
    probe.double.handle().inject(always(FaultKind::Slow(Duration::from_millis(300))));
    let hasty = probe.get("/sessions", ADA_KEY).timeout(Duration::from_millis(20)).send().await;
    assert!(hasty.expect_err("too slow").is_timeout());
    assert_eq!(probe.json("/sessions").await, undisturbed);
}

#[tokio::test]
async fn a_hanging_request_ends_with_the_double() {
    let probe = Probe::start().await;
    let handle = probe.double.handle();
    handle.inject(always(FaultKind::Hang));
    let hanging = tokio::spawn(probe.get("/sessions", ADA_KEY).send());
    while handle.requests().is_empty() {
        tokio::task::yield_now().await;
    }
    assert!(!hanging.is_finished());
    let (url, http) = (probe.url("/info"), probe.http.clone());
    probe.double.stop().await;
    assert!(hanging.await.expect("no panic").is_err());
    assert!(http.get(url).send().await.expect_err("nobody there").is_connect());
}

#[tokio::test]
async fn dropping_the_double_frees_the_port() {
    let probe = Probe::start().await;
    let port = probe.double.url().rsplit(':').next().and_then(|port| port.parse().ok()).expect("a port");
    assert_eq!(probe.status("/sessions", ADA_KEY).await, StatusCode::OK);
    let url = probe.url("/info");
    drop(probe.double);
    while probe.http.get(&url).send().await.is_ok() {
        tokio::task::yield_now().await;
    }
    let again = Probe::with(Options { port, ..Options::default() }).await;
    assert_eq!(again.url("/info"), url);
    assert_eq!(again.status("/sessions", ADA_KEY).await, StatusCode::OK);
}

#[tokio::test]
async fn requests_are_recorded_without_credentials() {
    let probe = Probe::start().await;
    let handle = probe.double.handle();
    send(probe.get("/sessions?limit=1", ADA_KEY).header("X-Tenant-Id", ADA_WORKSPACE.to_string())).await;
    send(probe.http.get(probe.url("/workspaces")).bearer_auth("garbage")).await;
    let requests = handle.requests();
    assert_eq!((requests[0].path.as_str(), requests[0].query.as_str()), ("/sessions", "limit=1"));
    assert_eq!(requests[0].x_tenant_id, Some(ADA_WORKSPACE.to_string()));
    assert_eq!((requests[0].x_api_key, requests[0].caller.as_deref()), (true, Some("Ada")));
    assert_eq!((requests[1].authorization, requests[1].caller.as_deref()), (AuthKind::Bearer, None));
    assert!(!format!("{requests:?}").contains(ADA_KEY));
    handle.clear_requests();
    assert!(handle.requests().is_empty());
}

#[tokio::test]
async fn control_over_http() {
    let probe = Probe::start().await;
    let faults = probe.url("/_double/faults");
    let kinds = [
        json!({"status": 500}),
        json!({"rate_limited": {"retry_after_secs": 2}}),
        json!({"slow_millis": 1}),
        json!({"oversized": 10}),
        json!("hang"),
        json!("drop"),
        json!("answer_lost"),
        json!("partly_stored"),
        json!("malformed"),
        json!("html"),
    ];
    for kind in kinds {
        let rule = json!({"method": "get", "path_contains": "/nowhere", "kind": kind, "times": 1});
        assert_eq!(
            send(probe.http.post(&faults).json(&rule)).await.status(),
            StatusCode::NO_CONTENT,
            "{rule}"
        );
    }
    answer(probe.http.post(&faults).json(&json!({"kind": "fire"})), StatusCode::BAD_REQUEST).await;
    send(probe.http.post(&faults).json(&json!({"kind": {"status": 502}}))).await;
    assert_eq!(probe.status("/sessions", ADA_KEY).await, StatusCode::BAD_GATEWAY);
    send(probe.http.delete(&faults)).await;
    assert_eq!(probe.status("/sessions", ADA_KEY).await, StatusCode::OK);
    let recorded = ok(probe.http.get(probe.url("/_double/requests"))).await;
    assert_eq!(recorded.as_array().map(Vec::len), Some(2));
    assert_eq!(recorded[0]["path"], "/sessions");
    send(probe.http.delete(probe.url("/_double/requests"))).await;
    assert!(probe.double.handle().requests().is_empty());
}

#[tokio::test]
async fn access_tokens_expire_over_http() {
    let probe = Probe::start().await;
    let login = crate::login::Login::new(&probe).await;
    let tokens = login.tokens().await;
    assert_eq!(login.api(&tokens["access_token"]).await, StatusCode::OK);
    let expired = send(probe.http.post(probe.url("/_double/expire-access-tokens"))).await;
    assert_eq!(expired.status(), StatusCode::NO_CONTENT);
    assert_eq!(login.api(&tokens["access_token"]).await, StatusCode::UNAUTHORIZED);
}
