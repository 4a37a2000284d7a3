//! The official conformance suite against the authorization server and, behind a proxy that adds a real access
//! token, against `/mcp` in both protocol eras.
#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test reports by panicking")]

use clients::conformance::{Baseline, Findings};
use clients::{Program, System, clients_folder, with_fixtures};
use local::Environment;
use std::net::TcpListener;
use std::path::Path;

/// Runs both scenarios of `authorization`, with a person at the browser.
async fn authorization(resource: Option<&str>) {
    let system = System::start().await;
    let port = free_port();
    let callback = format!("http://127.0.0.1:{port}/callback");
    let client_id = Program::python("mcp2", "register.py").args([system.origin(), &callback]).succeed().await;
    let results = tempfile::tempdir().unwrap();
    let mut suite = Program::conformance()
        .args(["authorization", "--url", system.origin(), "--client-id", client_id.trim()])
        .args(["--port", &port.to_string()])
        .arg("--output-dir")
        .arg(results.path());
    if let Some(path) = resource {
        suite = suite.arg("--resource").arg(format!("{}{path}", system.origin()));
    }
    let mut suite = suite.start();
    let start = format!("{}/authorize?", system.origin());
    let url = suite.wait_for(|line| line.starts_with(&start).then(|| line.trim().to_owned())).await;
    assert_eq!(url.contains("resource="), resource.is_some(), "{url}");
    suite.wait_for(|line| line.contains("Callback server started").then_some(())).await;
    Program::python("mcp2", "fake_browser.py").args([&url, &callback, "key", "deliver"]).succeed().await;
    let (succeeded, said) = suite.end().await;
    assert!(succeeded, "{said}");
    let findings = Findings::read(results.path(), "authorization-server");
    let scenarios: Vec<&str> = findings.scenarios.iter().map(String::as_str).collect();
    assert_eq!(scenarios, ["authorization-code-grant", "authorization-server-metadata-endpoint"]);
    baseline("authorization").judge(&findings);
    system.stop().await;
}

/// Runs every scenario that a protocol revision requires, and the additional ones of the suite.
async fn server(revision: &str) {
    let toolsets = with_fixtures(mcp::toolsets::langsmith::tools());
    let system = System::start_in(Environment { toolsets, ..Environment::default() }).await;
    let login = Program::python("mcp2", "bearer.py").args([&system.mcp_url(), "key"]).report().await;
    let token = login["access_token"].as_str().unwrap();
    let mut proxy = Program::node("bearer-proxy.mjs").args([system.origin(), token]).start();
    let origin = proxy.wait_for(|line| line.starts_with("http").then(|| line.to_owned())).await;
    let results = tempfile::tempdir().unwrap();
    let output = Program::conformance()
        .args(["server", "--url", &format!("{origin}/mcp"), "--requirements", revision])
        .arg("--output-dir")
        .arg(results.path())
        .output()
        .await;
    let said = String::from_utf8_lossy(&output.stdout);
    let findings = Findings::read(results.path(), "server");
    assert!(findings.scenarios.len() > 20, "{said}");
    assert_eq!(findings.scenarios.len(), summary(&said), "a scenario left no result:\n{said}");
    baseline(revision).judge(&findings);
    system.stop().await;
}

/// The number of scenarios in the suite's summary.
fn summary(said: &str) -> usize {
    said.lines()
        .skip_while(|line| !line.contains("=== SUMMARY ==="))
        .take_while(|line| !line.starts_with("Total:"))
        .filter(|line| line.starts_with(['✓', '✗']))
        .count()
}

fn baseline(name: &str) -> Baseline {
    Baseline::read(&clients_folder().join(Path::new("conformance")).join(format!("baseline-{name}.yml")))
}

/// A free port for the suite, which listens on a given one.
fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

#[tokio::test(flavor = "multi_thread")]
async fn authorization_without_a_resource() {
    authorization(None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn authorization_with_the_resource() {
    authorization(Some("/mcp")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn server_of_2026_07_28() {
    server("2026-07-28").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn server_of_2025_11_25() {
    server("2025-11-25").await;
}
