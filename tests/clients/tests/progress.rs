//! A cancellable call with progress reports, made by the SDKs that most clients are built on.
#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test reports by panicking")]

use clients::{Program, System};
use kit::StepSet;
use local::Environment;
use mcp::toolset::Toolsets;
use mcp::toolsets::langsmith::tools;
use serde_json::{Value, json};

/// `cancels` says whether this client can cancel: MCP 2026-07-28 does so by closing the stream. In older revisions a
/// client sends a notification, which a server without sessions cannot match to a call.
async fn follow(program: impl FnOnce(&str) -> Program, cancels: bool) {
    let toolsets = Toolsets::from(tools()).with("steps".parse().unwrap(), StepSet::default()).unwrap();
    let system = System::start_in(Environment { toolsets, ..Environment::default() }).await;
    let report: Value = program(&system.mcp_url()).report().await;
    let given_up = if cancels { json!({"given_up": true}) } else { Value::Null };
    let expected = json!({
        "steps": [[1.0, 3.0, "step 1"], [2.0, 3.0, "step 2"], [3.0, 3.0, "step 3"]],
        "walked": {"steps": 3},
        "given_up": given_up,
    });
    assert_eq!(with_fractions(report), expected);
    system.stop().await;
}

/// Python writes whole numbers with a fraction, TypeScript without one.
fn with_fractions(mut report: Value) -> Value {
    for value in report["steps"].as_array_mut().unwrap().iter_mut().filter_map(Value::as_array_mut).flatten()
    {
        if let Some(number) = value.as_f64() {
            *value = json!(number);
        }
    }
    report
}

#[tokio::test(flavor = "multi_thread")]
async fn python_2() {
    follow(|url| Program::python("mcp2", "progress2.py").args([url, "2026-07-28", "key"]), true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn python_2_legacy() {
    follow(|url| Program::python("mcp2", "progress2.py").args([url, "legacy", "key"]), false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn typescript_2() {
    follow(|url| Program::node("progress2.mjs").args([url, "key"]), false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn typescript_2_modern() {
    follow(|url| Program::node("progress2.mjs").args([url, "key", "2026-07-28"]), true).await;
}
