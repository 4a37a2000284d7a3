//! Every tool against every kind of deployment that the double imitates: a typical call succeeds and returns the
//! existing data.

use langsmith_double::data::{ADA_KEY, TEAM_WORKSPACE};
use langsmith_double::{DEPLOYMENTS, Deployment, Double, Options, start, start_byoc};
use serde_json::{Value, json};

use crate::common::question;
use crate::deployments::byoc::with_key;
use crate::support::Server;

/// A running deployment, with the double's name for it.
struct Mode {
    name: &'static str,
    server: Server,
    /// The data plane of the team's workspace, if it has one.
    data_plane: Option<Double>,
}

async fn modes() -> Vec<Mode> {
    let mut modes = Vec::new();
    for Deployment { name, service, has_data_plane } in DEPLOYMENTS {
        let options = Options { service, ..Options::default() };
        let (double, data_plane) = if has_data_plane {
            let (control, data_plane) = start_byoc(options, TEAM_WORKSPACE).await.unwrap();
            (control, Some(data_plane))
        } else {
            (start(options).await.unwrap(), None)
        };
        modes.push(Mode { name, server: Server::of_double(double), data_plane });
    }
    for mode in &modes {
        mode.server.authenticator.know("team", with_key(ADA_KEY, Some(TEAM_WORKSPACE)));
    }
    modes
}

/// A typical call of a tool: its arguments, the place of the result in the answer, and the expected result.
struct Usual {
    tool: &'static str,
    arguments: Value,
    at: &'static str,
    expected: Expected,
}

enum Expected {
    /// At least this many rows.
    Rows(usize),
    /// This value.
    Value(Value),
}

/// The organization's data is never at a data plane.
const OF_ORGANIZATION: [&str; 2] = ["get_billing_usage", "list_workspaces"];

/// Reads come first: no expectation depends on a write.
fn usual() -> Vec<Usual> {
    let rows = |tool, arguments, at, count| Usual { tool, arguments, at, expected: Expected::Rows(count) };
    let value = |tool, arguments, at, value| Usual { tool, arguments, at, expected: Expected::Value(value) };
    let results =
        json!([{"example_id": question(0), "outputs": {"answer": "a"}, "scores": {"correct": 0.123_456}}]);
    vec![
        rows(
            "get_thread_history",
            json!({"thread_id": "long-chat", "project_name": "conversations", "page_number": 1}),
            "/result",
            1,
        ),
        rows("list_prompts", json!({}), "/prompts", 1),
        rows("get_prompt_by_name", json!({"prompt_name": "support-agent"}), "/messages", 4),
        rows("fetch_runs", json!({"project_name": "support-bot", "limit": 5}), "/runs", 5),
        rows("list_projects", json!({"limit": 5}), "/projects", 5),
        rows("list_datasets", json!({}), "/datasets", 1),
        rows("list_examples", json!({"dataset_name": "support-questions", "limit": 5}), "/examples", 5),
        value(
            "read_dataset",
            json!({"dataset_name": "support-questions"}),
            "/dataset/name",
            json!("support-questions"),
        ),
        value("read_example", json!({"example_id": question(1)}), "/example/id", json!(question(1))),
        rows("list_experiments", json!({"reference_dataset_name": "support-questions"}), "/experiments", 1),
        rows(
            "get_billing_usage",
            json!({"starting_on": "2026-10-01", "ending_before": "2026-11-01"}),
            "/usage",
            1,
        ),
        value(
            "list_workspaces",
            json!({"query": "sample"}),
            "/workspaces/0/id",
            json!(TEAM_WORKSPACE.to_string()),
        ),
        value(
            "push_prompt",
            json!({"prompt_name": "new", "template": "Say {x}"}),
            "/status",
            json!("created"),
        ),
        value(
            "create_dataset",
            json!({"dataset_name": "new", "examples": [{"inputs": {"q": "Peru?"}, "outputs": {"a": "Lima"}}]}),
            "/examples_created",
            json!(1),
        ),
        value(
            "update_examples",
            json!({"example_id": question(2), "outputs": {"answer": "new"}}),
            "/updated",
            json!(1),
        ),
        value(
            "run_experiment",
            json!({"experiment_name": "new", "dataset_name": "support-questions", "results": results, "close": true}),
            "/runs_recorded",
            json!(1),
        ),
    ]
}

async fn listed(server: &Server) -> Vec<String> {
    let list = server.legacy("team", "tools/list", json!({})).await.result();
    let names = list["tools"].as_array().unwrap().iter().map(|tool| tool["name"].as_str().unwrap());
    names.map(str::to_owned).collect()
}

#[tokio::test]
async fn every_tool_works_in_every_mode() {
    for Mode { name, server, data_plane } in modes().await {
        for tool in listed(&server).await {
            assert!(usual().iter().any(|usual| usual.tool == tool), "{tool} has no usual call here");
        }
        for Usual { tool, arguments, at, expected } in usual() {
            server.langsmith().clear_requests();
            let result = server.call_as("team", tool, arguments).await.result();
            assert_eq!(result["isError"], false, "{name}: {tool}: {result}");
            let found = result["structuredContent"].pointer(at);
            match expected {
                Expected::Rows(count) => {
                    let rows = found.and_then(Value::as_array).map_or(0, Vec::len);
                    assert!(rows >= count, "{name}: {tool}: {rows} rows: {result}");
                }
                Expected::Value(value) => assert_eq!(found, Some(&value), "{name}: {tool}: {result}"),
            }
            if let Some(data_plane) = &data_plane {
                let asked = data_plane.handle().requests().len();
                data_plane.handle().clear_requests();
                assert_eq!(asked == 0, OF_ORGANIZATION.contains(&tool), "{name}: {tool}");
                let here = server.langsmith().requests();
                let is_list = |path: &str| path.starts_with("/api/v1/workspaces");
                if OF_ORGANIZATION.contains(&tool) {
                    assert!(!here.is_empty(), "{name}: {tool}");
                } else {
                    assert!(here.iter().all(|request| is_list(&request.path)), "{name}: {tool}: {here:?}");
                }
            }
        }
    }
}
