//! An agent that calls our `/mcp` for its caller, with the credential that it got with the call.

use agents::{AgentServer, Callers, Options};
use e2e::{Login, World};
use langsmith_double::data;
use serde_json::{Value, json};

use crate::own::Person;
use crate::support::{result, world};

const TOOL: &str = "fixture__delegate";

/// Our server and an Agent Server that asks LangSmith who its callers are. Each has the other's address.
async fn pair(setting: &str) -> (World, AgentServer) {
    let port = agents::free_port();
    let world = world(vec![format!("fixture=http://127.0.0.1:{port}{setting}")]).await;
    let callers = Callers::Members { langsmith: world.langsmith_url(), mcp: world.at("/mcp") };
    let agents = AgentServer::with(Options { callers, port: Some(port), ..Options::default() }).await;
    (world, agents)
}

/// The result of the agent's call of one of our tools without arguments.
async fn delegate(world: &World, token: &str, tool: &str) -> Value {
    result(world, token, TOOL, json!({"tool": tool})).await
}

/// The workspaces that the agent has seen for its caller.
async fn workspaces(world: &World, token: &str) -> Vec<Value> {
    let report = delegate(world, token, "list_workspaces").await;
    let text = report["structuredContent"]["output"]["result"].as_str();
    let found: Value = serde_json::from_str(text.unwrap_or_else(|| panic!("{report}"))).unwrap();
    found["workspaces"].as_array().unwrap().iter().map(|workspace| workspace["id"].clone()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_has_the_rights_of_its_caller_at_our_own_endpoint() {
    let (world, agents) = pair("").await;
    let token = async |key| crate::support::token(&world, key).await;
    let (ada, grace, limited) =
        (token(data::ADA_KEY).await, token(data::GRACE_KEY).await, token(data::LIMITED_KEY).await);
    assert_eq!(workspaces(&world, &ada).await, [json!(data::ADA_WORKSPACE), json!(data::TEAM_WORKSPACE)]);
    assert_eq!(workspaces(&world, &grace).await, [json!(data::TEAM_WORKSPACE)]);

    // What the caller may not do, the agent may not do for them, and it learns why.
    let refused = delegate(&world, &limited, "list_prompts").await;
    let text = refused["content"][0]["text"].as_str().unwrap();
    assert!(refused["isError"] == true && text.contains("RuntimeError"), "{refused}");
    assert!(text.contains("lacks the permission"), "{refused}");
    // Agents are hidden from it.
    let hidden = delegate(&world, &ada, TOOL).await;
    assert_eq!(hidden["isError"], true, "{hidden}");

    // The Agent Server shows what the authentication has returned, but the credential is sealed there, and each person
    // sees their own threads only.
    for key in [data::ADA_KEY, data::GRACE_KEY] {
        let found = agents.ask("POST", "/threads/search", Some(key), Some(&json!({}))).await;
        let found = found.as_array().unwrap();
        assert_eq!(found.len(), 2, "{found:?}");
        for thread in found {
            let id = thread["thread_id"].as_str().unwrap();
            let runs = agents.ask("GET", &format!("/threads/{id}/runs"), Some(key), None).await;
            let state = agents.ask("GET", &format!("/threads/{id}/state"), Some(key), None).await;
            assert!(runs.to_string().contains("sealed_headers"), "{runs}");
            for stored in [thread, &runs, &state] {
                assert!(!stored.to_string().contains("lsv2_"), "{stored}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_by_langsmith_delegates_with_a_key_of_its_own() {
    let (world, _agents) = pair(";auth=own").await;
    let grace = Person::new(&world, Login::LangSmith(data::GRACE)).await;
    grace.connect("api_key", data::GRACE_KEY).await;
    assert_eq!(workspaces(&world, &grace.token).await, [json!(data::TEAM_WORKSPACE)]);
}
