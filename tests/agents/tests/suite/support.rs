//! Our server beside a real Agent Server, and a client with a login.

use agents::{AgentServer, Options};
use e2e::mcp::{bearer, call};
use e2e::{Login, World};
use langsmith_double::data;
use serde_json::{Value, json};

/// Our server, and an Agent Server that it knows as `fixture`.
pub(crate) struct Stage {
    pub(crate) agents: AgentServer,
    pub(crate) world: World,
}

impl Stage {
    pub(crate) async fn start(options: Options) -> Self {
        Self::with(options, "").await
    }

    /// With further options of the Agent Server's setting.
    pub(crate) async fn with(options: Options, setting: &str) -> Self {
        let agents = AgentServer::with(options).await;
        let world = world(vec![format!("fixture={}{setting}", agents.url())]).await;
        Self { agents, world }
    }

    /// A server whose calls wait for no run.
    pub(crate) async fn impatient() -> Self {
        let agents = AgentServer::start().await;
        let world = impatient(&agents).await;
        Self { agents, world }
    }

    /// Another of our servers, whose calls wait for no run, beside the same Agent Server.
    pub(crate) async fn impatient_world(&self) -> World {
        impatient(&self.agents).await
    }

    /// The result of a tool that returns to a run.
    pub(crate) async fn run_tool(&self, token: &str, tool: &str, arguments: Value) -> Value {
        result(&self.world, token, tool, arguments).await
    }

    /// The threads of the Agent Server with their runs; not those that only say how a run was ended.
    pub(crate) async fn threads(&self) -> Vec<(Value, Vec<Value>)> {
        let all = json!({"limit": 100});
        let threads = self.agents.ask("POST", "/threads/search", None, Some(&all)).await;
        let mut found = Vec::new();
        for thread in threads.as_array().unwrap() {
            let path = format!("/threads/{}/runs", thread["thread_id"].as_str().unwrap());
            let runs = self.agents.ask("GET", &path, None, None).await;
            if thread["metadata"].get("langsmith_remote_mcp_ended").is_none() {
                found.push((thread.clone(), runs.as_array().unwrap().clone()));
            }
        }
        found
    }

    /// An access token of Ada.
    pub(crate) async fn ada(&self) -> String {
        token(&self.world, data::ADA_KEY).await
    }

    /// The result of a call of an agent.
    pub(crate) async fn call(&self, token: &str, agent: &str, arguments: Value) -> Value {
        result(&self.world, token, &format!("fixture__{agent}"), arguments).await
    }

    /// The agents' tools.
    pub(crate) async fn tools(&self, token: &str) -> Vec<Value> {
        tools(&self.world, token).await.0
    }
}

pub(crate) async fn world(agent_servers: Vec<String>) -> World {
    World::with(e2e::Options { agent_servers, ..e2e::Options::default() }).await
}

/// A server that discovers deployments. Its calls wait for no run if it is `impatient`.
pub(crate) async fn discovering(agent_servers: Vec<String>, impatient: bool) -> World {
    let agent_patience = impatient.then_some(std::time::Duration::ZERO);
    let options =
        e2e::Options { agent_servers, discover_agents: true, agent_patience, ..e2e::Options::default() };
    World::with(options).await
}

async fn impatient(agents: &AgentServer) -> World {
    let agent_servers = vec![format!("fixture={};auth=none", agents.url())];
    let agent_patience = Some(std::time::Duration::ZERO);
    World::with(e2e::Options { agent_servers, agent_patience, ..e2e::Options::default() }).await
}

pub(crate) async fn token(world: &World, key: &'static str) -> String {
    world.client().await.connect(&world.browser(), Login::Key(key)).await.access
}

pub(crate) async fn result(world: &World, token: &str, tool: &str, arguments: Value) -> Value {
    let answer = call(world.url(), bearer(token), tool, arguments).await;
    assert!(answer.body["result"].is_object(), "{} {}", answer.status, answer.body);
    answer.body["result"].clone()
}

/// The tools that are not LangSmith's, of every page, and what is missing.
pub(crate) async fn tools(world: &World, token: &str) -> (Vec<Value>, Value) {
    let (mut found, mut missing, mut cursor) = (Vec::new(), Value::Null, Value::Null);
    loop {
        let params = if cursor.is_null() { json!({}) } else { json!({ "cursor": cursor }) };
        let answer = e2e::mcp::ask(world.url(), bearer(token), "tools/list", params).await;
        let result = &answer.body["result"];
        assert!(result["tools"].is_array(), "{} {}", answer.status, answer.body);
        let named = |tool: &&Value| tool["name"].as_str().unwrap().contains("__");
        found.extend(result["tools"].as_array().unwrap().iter().filter(named).cloned());
        if missing.is_null() {
            missing = result["_meta"]["langsmith-remote-mcp/missing"].clone();
        }
        cursor = result["nextCursor"].clone();
        if cursor.is_null() {
            return (found, missing);
        }
    }
}
