//! Agents as tools, against LangGraph's Agent Server itself: the list against its own `/mcp`, a call against the requests
//! that it needs at least, and the memory of calls that wait.

mod calls;
mod duel;
mod lists;
mod waiting;
mod workers;

use agents::AgentServer;
use serde_json::json;
use tempfile::TempDir;
use url::Url;

use crate::plan::Plan;
use crate::systems::{self, Server};
use crate::table::Section;
use crate::{Outcome, progress};

/// The number of agents that each server has, from its graphs.
const FEW: usize = 4;
/// The number of agents of the larger server.
const MANY: usize = 115;

/// Two Agent Servers, and this server beside the double, which is its LangSmith.
struct World {
    few: AgentServer,
    many: AgentServer,
    double: Server,
}

/// The tables of this part.
pub(crate) async fn measure(plan: &Plan) -> Outcome<Vec<Section>> {
    progress("agents: two Agent Servers start");
    let folder = systems::scratch(plan)?;
    let double = systems::double(plan, folder.path()).await?;
    let world = World { few: AgentServer::start().await, many: AgentServer::start().await, double };
    for number in FEW..MANY {
        let agent = json!({"graph_id": "echo", "name": format!("agent-{number}")});
        world.many.ask("POST", "/assistants", None, Some(&agent)).await;
    }
    Ok(vec![
        lists::measure(plan, &world).await?,
        calls::measure(plan, &world).await?,
        waiting::measure(plan, &world).await?,
    ])
}

/// This server, with the folder of its database.
struct Ours {
    server: Server,
    _folder: TempDir,
}

impl World {
    /// This server with these Agent Servers, called `agents-0`, `agents-1`.
    async fn ours(&self, plan: &Plan, agents: &[&AgentServer]) -> Outcome<Ours> {
        let mut arguments = Vec::new();
        for (number, server) in agents.iter().enumerate() {
            arguments.push("--agent-server".to_owned());
            arguments.push(format!("agents-{number}={};auth=none", server.url()));
        }
        let folder = systems::scratch(plan)?;
        let server = systems::ours_with(plan, folder.path(), &self.double.url, &arguments).await?;
        Ok(Ours { server, _folder: folder })
    }
}

/// The address of an Agent Server.
fn address(server: &AgentServer) -> Outcome<Url> {
    Ok(Url::parse(server.url())?)
}
