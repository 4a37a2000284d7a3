//! Whose credential a request presents, and who sees what.

use agents::{Callers, Options};
use langsmith_double::data;
use serde_json::{Value, json};

use crate::support::{Stage, token, tools};

fn people() -> Value {
    let workspace = data::TEAM_WORKSPACE;
    json!({(data::ADA_KEY): format!("ada {workspace}"), (data::GRACE_KEY): format!("grace {workspace}")})
}

#[tokio::test(flavor = "multi_thread")]
async fn each_person_sees_and_runs_their_own_agents() {
    let stage = Stage::start(Options { callers: Callers::Known(people()), ..Options::default() }).await;
    for (key, name) in [(data::ADA_KEY, "Ada's"), (data::GRACE_KEY, "Grace's")] {
        let new = json!({"graph_id": "caller", "name": name});
        stage.agents.ask("POST", "/assistants", Some(key), Some(&new)).await;
    }
    for (key, tool, identity) in
        [(data::ADA_KEY, "fixture__Adas", "ada"), (data::GRACE_KEY, "fixture__Graces", "grace")]
    {
        let token = token(&stage.world, key).await;
        let (tools, _) = tools(&stage.world, &token).await;
        let names: Vec<_> = tools.iter().map(|tool| tool["name"].clone()).collect();
        assert_eq!(names, [tool]);
        let result = crate::support::result(&stage.world, &token, tool, json!({})).await;
        assert_eq!(result["structuredContent"]["output"]["identity"], identity, "{result}");
    }
}
