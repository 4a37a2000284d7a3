//! The SDKs that most clients are built on, each through discovery, registration, login, consent, a tool call, and
//! a refresh that the client itself decides on.
#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test reports by panicking")]

use clients::{Program, System};
use serde_json::Value;

const LEGACY: &str = "2025-11-25";
const MODERN: &str = "2026-07-28";

/// Runs one client to its report and judges it.
async fn drive(protocol: &str, program: impl FnOnce(&str) -> Program) {
    let system = System::start().await;
    let report = program(&system.mcp_url()).report().await;
    assert_eq!(report["protocol"], protocol, "{report}");
    assert_eq!(report["iss"], system.origin(), "RFC 9207: {report}");
    assert_eq!(report["logins"], 1, "the refresh must not need the person: {report}");
    assert_eq!(report["access_token_changed"], true, "{report}");
    assert_eq!(report["refresh_token_changed"], true, "a public client's refresh token rotates: {report}");
    let tools: Vec<&str> = report["tools"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    for tool in ["fetch_runs", "list_projects", "list_prompts"] {
        assert!(tools.contains(&tool), "{tools:?}");
    }
    assert_sample_projects(&report["first"]);
    assert_sample_projects(&report["second"]);
    system.stop().await;
}

/// The double's team workspace, as the tool shows it.
fn assert_sample_projects(result: &Value) {
    assert_ne!(result["isError"], true, "{result}");
    let text = result["content"][0]["text"].as_str().unwrap();
    let projects: Value = serde_json::from_str(text).unwrap();
    assert_eq!(result["structuredContent"], projects, "both forms of the content say the same");
    let projects = projects["projects"].as_array().unwrap();
    assert!(projects.iter().any(|project| project["name"] == "support-bot"), "{projects:?}");
    assert!(projects.len() <= 5, "the limit was 5: {projects:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn python_2_modern() {
    drive(MODERN, |url| Program::python("mcp2", "mcp2.py").args([url, MODERN, "key"])).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn python_2_legacy() {
    drive(LEGACY, |url| Program::python("mcp2", "mcp2.py").args([url, "legacy", "langsmith"])).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn python_2_as_it_comes() {
    drive(MODERN, |url| Program::python("mcp2", "mcp2.py").args([url, "auto", "langsmith"])).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn python_1() {
    drive(LEGACY, |url| Program::python("mcp1", "mcp1.py").args([url, "key"])).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn python_1_with_langsmith() {
    drive(LEGACY, |url| Program::python("mcp1", "mcp1.py").args([url, "langsmith"])).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn typescript_1() {
    drive(LEGACY, |url| Program::node("sdk1.mjs").args([url, "langsmith"])).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn typescript_1_with_a_key() {
    drive(LEGACY, |url| Program::node("sdk1.mjs").args([url, "key"])).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn typescript_2_as_it_comes() {
    drive(LEGACY, |url| Program::node("client2.mjs").args([url, "langsmith"])).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn typescript_2_modern() {
    drive(MODERN, |url| Program::node("client2.mjs").args([url, "key", MODERN])).await;
}
