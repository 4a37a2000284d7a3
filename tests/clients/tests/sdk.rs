//! The SDKs that most clients are built on, each through discovery, registration, login, consent, a tool call, and
//! a refresh that the client itself decides on.
#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test reports by panicking")]

#[path = "walks/documents.rs"]
mod documents;
#[path = "walks/story.rs"]
mod story;

use clients::{Program, System};
use kit::MODERN;
use oauth::scope::Scope;
use shared::mcp::scopes::TOOL_SCOPES;
use shared::mcp::toolsets::tools_of;

const LEGACY: &str = "2025-11-25";

/// Runs one client to its report and checks it.
async fn drive(protocol: &str, program: impl FnOnce(&str) -> Program) {
    let system = System::start().await;
    story::judge(&program(&system.mcp_url()).report().await, protocol, system.origin());
    system.stop().await;
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

/// Runs one client to its report at a URL whose query selects tools.
async fn drive_selecting(protocol: &str, program: impl FnOnce(&str) -> Program) {
    let system = System::start().await;
    let url = format!("{}?readonly=true&toolsets=projects,runs,prompts", system.mcp_url());
    let report = program(&url).report().await;
    story::judge(&report, protocol, system.origin());
    let selected = ["projects", "runs", "prompts"].map(|toolset| tools_of(toolset).unwrap()).concat();
    let is_listed =
        |(tool, scope): &(&str, Scope)| selected.contains(tool) && *scope != Scope::LangsmithWrite;
    let tools: Vec<_> = TOOL_SCOPES.into_iter().filter(is_listed).map(|(tool, _)| tool).collect();
    assert_eq!(report["tools"], serde_json::json!(tools), "{report}");
    system.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_sdk_logs_in_at_a_url_that_selects_tools() {
    drive_selecting(MODERN, |url| Program::python("mcp2", "mcp2.py").args([url, MODERN, "key"])).await;
    drive_selecting(LEGACY, |url| Program::python("mcp1", "mcp1.py").args([url, "key"])).await;
    drive_selecting(LEGACY, |url| Program::node("sdk1.mjs").args([url, "key"])).await;
    drive_selecting(MODERN, |url| Program::node("client2.mjs").args([url, "key", MODERN])).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn python_2_asks_for_more_when_a_tool_needs_it() {
    for mode in [MODERN, "legacy"] {
        let system = System::start().await;
        for call in [story::write(), story::usage()] {
            story::step_up(&system.mcp_url(), mode, call).await;
        }
        system.stop().await;
    }
}
