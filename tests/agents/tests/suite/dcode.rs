//! Deep Agents Code, as docs/clients/dcode.md describes it.

use agents::Options;
use clients::Program;
use serde_json::{Value, json};

use crate::langchain::AGENTS;
use crate::support::Stage;

/// Without a person at a terminal it calls only tools that read, and an agent is none.
#[tokio::test(flavor = "multi_thread")]
async fn dcode_logs_in_lists_and_calls() {
    let stage = Stage::with(Options::default(), ";auth=none").await;
    let report = Program::python("dcode", "dcode.py").args([&stage.world.at("/mcp"), "key"]).report().await;
    let login = report["login"].as_str().unwrap();
    assert!(login.contains("Logged in to MCP server 'langsmith'."), "{login}");
    let tools = report["tools"].as_array().unwrap();
    for tool in ["list_projects", "agent_resume"].into_iter().chain(AGENTS) {
        for server in ["langsmith", "by-key"] {
            assert!(tools.contains(&json!(format!("{server}_{tool}"))), "{server} {tool}: {tools:?}");
        }
    }
    assert_eq!(report["unavailable"], json!([]));
    let projects: Value = serde_json::from_str(report["projects"].as_str().unwrap()).unwrap();
    assert_eq!(projects["projects"].as_array().unwrap().len(), 1, "{projects}");
    let agent = report["agent"].as_str().unwrap();
    assert!(agent.starts_with("This MCP action requires approval"), "{agent}");
    assert!(stage.threads().await.is_empty(), "nothing ran without approval");
}
