//! Real clients against the deployed form of the functions, through the front door: discovery, login, consent, tools,
//! refresh, and step-up when a tool needs more scopes.
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test reports by panicking"
)]

#[path = "walks/session.rs"]
mod session;
#[path = "walks/story.rs"]
mod story;
#[path = "walks/tools.rs"]
mod tools;

use clients::Program;
use front_door::{FrontDoor, Options};
use kit::MODERN;

const LEGACY: &str = "2025-11-25";

/// Runs one client to its report and checks it.
async fn drive(protocol: &str, program: impl FnOnce(&str) -> Program) {
    let door = FrontDoor::start().await;
    story::judge(&program(&door.at("/mcp")).report().await, protocol, &door.url);
    // Invisible to the client: no function failed, and the client used all of these routes. For the authorizer a
    // refusal counts as a failure, as API Gateway requires.
    for function in ["metadata", "register", "authorize", "token", "mcp"] {
        let lines = door.log.of(function);
        assert!(lines.iter().all(|line| !line.contains("\"ERROR\"")), "{function}: {lines:?}");
    }
    let asked = door.requests();
    for request in [
        "GET /.well-known/oauth-authorization-server",
        "POST /register",
        "GET /authorize",
        "POST /authorize/consent",
        "POST /token",
        "POST /mcp",
    ] {
        assert!(asked.iter().any(|asked| asked == request), "{request} is not in {asked:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn python_2_modern() {
    drive(MODERN, |url| Program::python("mcp2", "mcp2.py").args([url, MODERN, "langsmith"])).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn python_2_legacy() {
    drive(LEGACY, |url| Program::python("mcp2", "mcp2.py").args([url, "legacy", "key"])).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn python_1() {
    drive(LEGACY, |url| Program::python("mcp1", "mcp1.py").args([url, "langsmith"])).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn typescript_1() {
    drive(LEGACY, |url| Program::node("sdk1.mjs").args([url, "langsmith"])).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn typescript_2_as_it_comes() {
    drive(LEGACY, |url| Program::node("client2.mjs").args([url, "key"])).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn typescript_2_modern() {
    drive(MODERN, |url| Program::node("client2.mjs").args([url, "langsmith", MODERN])).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn python_2_calls_every_tool() {
    let door = FrontDoor::start().await;
    tools::walk(Program::python("mcp2", "tools2.py").args([&door.at("/mcp"), "auto", "langsmith"])).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn typescript_2_calls_every_tool() {
    // With the other vault, which clients cannot distinguish from the usual one.
    let parameters = vec![("VaultKind", "kms")];
    let door = FrontDoor::with(Options { parameters, ..Options::default() }).await;
    tools::walk(Program::node("tools2.mjs").args([&door.at("/mcp"), "key"])).await;
}

/// API Gateway renames a function's challenge for more scopes, but not the authorizer's: the authorizer must see from
/// the headers alone that the call needs them, and legacy clients do not name the tool there.
#[tokio::test(flavor = "multi_thread")]
async fn python_2_asks_for_more_when_a_tool_needs_it() {
    let door = FrontDoor::start().await;
    for call in [story::write(), story::usage()] {
        story::step_up(&door.at("/mcp"), MODERN, call).await;
    }
}
