//! The agents of an Agent Server as tools: one set per server. A list is the caller's own, because a server may show
//! each caller other agents; a call is a run on a thread of its own.
//!
//! What concerns the API of Agent Servers belongs to the crate `agent-server`; questions, handles and the other tools of
//! a run have their own files here.

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
use crate::toolset::{Context, ListError, Output, SetError, ToolPage, Toolset};

/// The agents of one Agent Server.
pub struct Agents {
    settings: AgentServerSettings,
    server: AgentServer,
    catalog: Catalog,
}

impl Agents {
    /// The agents that `settings` describe, reached by `http`.
    pub fn new(settings: AgentServerSettings, http: reqwest::Client, clock: SharedClock) -> Self {
        let server = AgentServer::new(http, &settings.address);
        Self { settings, server, catalog: Catalog::new(clock) }
    }
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
