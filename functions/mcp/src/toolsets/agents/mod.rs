//! The agents of an Agent Server as tools: one set per server. A list is the caller's own, because a server may show
//! each caller other agents; a call is a run on a thread of its own.
//!
//! The API of Agent Servers belongs to the crate `agent-server`.

mod access;
mod call;
mod catalog;
mod descriptor;
mod envelope;
mod faults;
mod listing;
mod names;
mod schema;

use agent_server::AgentServer;
use futures_util::future::BoxFuture;
use primitives::clock::SharedClock;
use serde_json::value::RawValue;
use shared::mcp::agent_servers::AgentServerSettings;

use self::catalog::Catalog;
use crate::toolset::{Context, ListError, NameTaken, Output, SetError, ToolPage, Toolset, Toolsets};

/// The agents of one Agent Server.
struct Agents {
    settings: AgentServerSettings,
    server: AgentServer,
    catalog: Catalog,
}

impl Agents {
    fn new(settings: AgentServerSettings, http: reqwest::Client, clock: SharedClock) -> Self {
        let server = AgentServer::new(http, &settings.address);
        Self { settings, server, catalog: Catalog::new(clock) }
    }
}

/// `toolsets` plus the agents of each server, reached by `http`.
pub fn with_servers(
    toolsets: Toolsets,
    servers: Vec<AgentServerSettings>,
    http: &reqwest::Client,
    clock: &SharedClock,
) -> Result<Toolsets, NameTaken> {
    servers.into_iter().try_fold(toolsets, |toolsets, server| {
        toolsets.with(server.name.clone(), Agents::new(server, http.clone(), clock.clone()))
    })
}

impl Toolset for Agents {
    fn list<'a>(
        &'a self,
        context: &'a Context<'a>,
        cursor: Option<&'a str>,
    ) -> BoxFuture<'a, Result<ToolPage, ListError>> {
        Box::pin(listing::page(self, context, cursor))
    }

    fn call<'a>(
        &'a self,
        context: &'a Context<'a>,
        tool: &'a str,
        arguments: Option<&'a RawValue>,
    ) -> BoxFuture<'a, Result<Output, SetError>> {
        Box::pin(call::run(self, context, tool, arguments))
    }
}
