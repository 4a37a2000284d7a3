//! Every tool, called by the SDKs that most clients are built on, after a login through OAuth.
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test reports by panicking"
)]

#[path = "walks/session.rs"]
mod session;
#[path = "walks/tools.rs"]
mod tools;

use clients::{Program, System};

async fn drive(program: impl FnOnce(&str) -> Program) {
    let system = System::start().await;
    tools::walk(program(&system.mcp_url())).await;
    system.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn python_2() {
    drive(|url| Program::python("mcp2", "tools2.py").args([url, "auto", "langsmith"])).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn python_2_legacy() {
    drive(|url| Program::python("mcp2", "tools2.py").args([url, "legacy", "key"])).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn typescript_2() {
    drive(|url| Program::node("tools2.mjs").args([url, "key"])).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn typescript_2_modern() {
    drive(|url| Program::node("tools2.mjs").args([url, "langsmith", "2026-07-28"])).await;
}
