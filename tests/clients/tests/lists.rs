//! A list of tools with several pages, read by the SDKs that most clients are built on. Two of its sets fail, and cost
//! no client anything else.
#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test reports by panicking")]

use std::collections::BTreeSet;
use std::time::Duration;

use clients::{Program, System};
use kit::{Down, Hanging, LargeSet, MANY};
use local::Environment;
use mcp::toolset::Toolsets;
use mcp::toolsets::langsmith::tools;
use serde_json::{Value, json};

const TOOL: &str = "large__tool-249";

async fn read(program: impl FnOnce(&str) -> Program) {
    let toolsets = Toolsets::from(tools()).with_patience(Duration::from_millis(200));
    let toolsets = toolsets.with("slow".parse().unwrap(), Hanging).unwrap();
    let toolsets = toolsets.with("large".parse().unwrap(), LargeSet).unwrap();
    let toolsets = toolsets.with("down".parse().unwrap(), Down).unwrap();
    let system = System::start_in(Environment { toolsets, ..Environment::default() }).await;
    let report = program(&system.mcp_url()).report().await;
    let pages: Vec<Vec<String>> = serde_json::from_value(report["pages"].clone()).unwrap();
    let names = pages.concat();
    assert!(pages.len() > 2, "{pages:?}");
    assert_eq!(names.len(), tools().descriptors().len() + MANY);
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
    let called: &Value = &report["called"];
    assert_eq!(*called, json!({"called": "tool-249", "arguments": {"a": 1}}));
    system.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn python_2() {
    read(|url| Program::python("mcp2", "lists2.py").args([url, "2026-07-28", "key", TOOL])).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn python_2_legacy() {
    read(|url| Program::python("mcp2", "lists2.py").args([url, "legacy", "key", TOOL])).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn typescript_2() {
    read(|url| Program::node("lists2.mjs").args([url, "key", TOOL])).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn typescript_2_modern() {
    read(|url| Program::node("lists2.mjs").args([url, "key", TOOL, "2026-07-28"])).await;
}
