//! Against a LangSmith that differs from the double, or fails.

use std::future::pending;

use axum::Router;
use axum::http::header::LOCATION;
use axum::http::{Method, StatusCode};
use axum::routing::any;
use langsmith_double::{Double, Fault, FaultKind, Options, Service};
use primitives::secret::Secret;
use smoke::{Report, SmokeError, hosted, smoke};
use tokio::net::TcpListener;

use crate::{asked, assert_clean_up, options};

async fn smoked(double: &Double) -> Report {
    let recordings = tempfile::tempdir().unwrap();
    smoke(options(&double.url(), recordings.path()), pending()).await.unwrap()
}

/// A hosted double with a fault for requests of this method and path.
async fn faulty(method: Method, path: &str, kind: FaultKind) -> Double {
    let double = langsmith_double::start(hosted()).await.unwrap();
    let fault = Fault { method: Some(method), path_contains: path.to_owned(), kind, times: None };
    double.handle().inject(fault);
    double
}

#[tokio::test]
async fn another_deployment_is_told_with_each_request() {
    let service = Service { type_tags: true, ..Service::SMITHDB_ONLY };
    let double = langsmith_double::start(Options { service, ..hosted() }).await.unwrap();
    let report = smoked(&double).await;
    assert_eq!(report.failures(), [""; 0]);
    assert_eq!(report.exit_code(), 1);
    let text = report.text(true);
    for line in [
        "POST /api/v1/runs/query (the same results at once)\n    status: the double 200, LangSmith 501",
        "POST /api/v1/runs/query (runs in short)\n    request: the double 200, LangSmith was not asked",
        "POST /v2/runs/query (runs in short)\n    request: the double was not asked, LangSmith 200",
        "query flags in /info: 200; ch true, sdb true | 200; ch false, sdb true",
        "a run that began three days ago: refused | taken",
        "decimals of a score with nine: 4 | 9",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
    assert_clean_up(&double, (2, 1));
}

#[tokio::test]
async fn a_tool_that_fails_is_named_and_the_rest_goes_on() {
    let double = faulty(Method::POST, "/feedback", FaultKind::Status(403)).await;
    let report = smoked(&double).await;
    let failures = report.failures();
    assert!(
        failures[0].starts_with("FAILED   run_experiment: an experiment with results: forbidden"),
        "{failures:?}"
    );
    assert!(report.text(true).contains("ok       push_prompt: a prompt\n"));
    assert_eq!(report.exit_code(), 1);
    assert_clean_up(&double, (2, 1));
}

#[tokio::test]
async fn what_cannot_be_made_leaves_its_steps_undone() {
    let double = faulty(Method::POST, "/datasets", FaultKind::Status(403)).await;
    let report = smoked(&double).await;
    let text = report.text(true);
    for line in [
        "FAILED   create_dataset: a dataset with examples: forbidden",
        "NOT DONE read_dataset: a dataset by id",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
    assert_eq!(report.exit_code(), 1);
    assert_clean_up(&double, (1, 0));
}

#[tokio::test]
async fn a_page_of_a_firewall_is_another_content_type() {
    let double = faulty(Method::GET, "/repos", FaultKind::Html).await;
    let report = smoked(&double).await;
    let differs = |place: &str| report.differences.iter().any(|found| found.place == place && found.counts);
    assert!(differs("content type"), "{}", report.text(true));
    assert_eq!(report.exit_code(), 1);
    assert_clean_up(&double, (2, 1));
}

#[tokio::test]
async fn what_cannot_be_deleted_is_told() {
    let double = faulty(Method::DELETE, "/datasets", FaultKind::Status(503)).await;
    let report = smoked(&double).await;
    let left = format!("{:?}", report.clean_up.as_ref().unwrap().left);
    assert!(left.contains("dataset smoke-") && left.contains("LangSmith answers 503"), "{left}");
    assert!(report.text(true).contains("LEFT BEHIND, delete it by hand: dataset smoke-"));
    assert_eq!(report.exit_code(), 1);
    let tries = asked(&double, "DELETE").iter().filter(|path| path.contains("/datasets/")).count();
    assert_eq!(tries, 3);
}

#[tokio::test]
async fn who_interrupts_leaves_nothing_behind() {
    let (double, recordings) =
        (langsmith_double::start(hosted()).await.unwrap(), tempfile::tempdir().unwrap());
    let made = async {
        while !asked(&double, "POST").iter().any(|path| path.ends_with("/datasets")) {
            tokio::task::yield_now().await;
        }
    };
    let report = smoke(options(&double.url(), recordings.path()), made).await.unwrap();
    assert!(report.is_interrupted && report.text(true).contains("\ninterrupted\n"));
    assert_eq!(report.exit_code(), 1);
    assert_clean_up(&double, (0, 1));
}

#[tokio::test]
async fn a_wrong_key_is_told_before_anything_is_made() {
    let (double, recordings) =
        (langsmith_double::start(hosted()).await.unwrap(), tempfile::tempdir().unwrap());
    let wrong =
        smoke::Options { key: Secret::new("lsv2_pt_wrong"), ..options(&double.url(), recordings.path()) };
    let error = smoke(wrong, pending()).await.err().unwrap();
    assert!(matches!(error, SmokeError::KeyRefused { status: 401 }), "{error}");
    assert!(error.to_string().starts_with("LangSmith refuses the key (status 401)"));
    assert_eq!(double.handle().requests().len(), 1);
}

#[tokio::test]
async fn a_closed_port_is_no_langsmith() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let recordings = tempfile::tempdir().unwrap();
    let error = smoke(options(&url, recordings.path()), pending()).await.err().unwrap();
    assert!(matches!(error, SmokeError::Unreachable), "{error}");
}

#[tokio::test]
async fn no_redirect_is_followed() {
    let elsewhere = langsmith_double::start(hosted()).await.unwrap();
    let target = format!("{}/api/v1/workspaces", elsewhere.url());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let router =
        Router::new().fallback(any(async move || (StatusCode::TEMPORARY_REDIRECT, [(LOCATION, target)])));
    let server = tokio::spawn(async move { axum::serve(listener, router).await });
    let recordings = tempfile::tempdir().unwrap();
    let error = smoke(options(&url, recordings.path()), pending()).await.err().unwrap();
    assert!(matches!(error, SmokeError::NotLangSmith { status: 307 }), "{error}");
    assert!(elsewhere.handle().requests().is_empty());
    server.abort();
}
