//! The agents of an Agent Server as tools: one set per server, and one for all servers that are discovered. A list is the
//! caller's own, because a server may show each caller other agents; a call is a run on a thread of its own, to which the
//! tools in `runs` return.
//!
//! The API of Agent Servers belongs to the crate `agent-server`.

mod access;
mod approval;
mod catalog;
mod connection;
mod descriptor;
mod discovered;
mod envelope;
mod faults;
mod find;
mod form;
mod listing;
mod names;
mod question;
mod runs;
mod schema;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use agent_server::{AgentServer, Configuration, RunOptions};
use futures_util::future::BoxFuture;
use langsmith::ControlPlane;
use oauth::public_url::PublicUrl;
use oauth::scope::Scope;
use primitives::clock::SharedClock;
use serde_json::value::RawValue;
use shared::mcp::agent_servers::{AgentServerSettings, GraphConfiguration};
use shared::vault::ServerConnections;

use self::catalog::Catalog;
use self::discovered::Discovered;
use self::names::Naming;
use self::runs::{Answering, RunTools};
use crate::toolset::{
    Alone, Context, FixedTools, ListError, NameTaken, Output, Prefix, SetError, Subject, ToolError, ToolPage,
    Toolset, Toolsets,
};

pub(crate) use self::approval::{Approval, ApprovedAction};
pub(crate) use self::connection::{AccountPage, CONNECTED};
pub(crate) use self::form::Form;
pub(crate) use self::question::Question;
pub use self::runs::RunKeys;
pub(crate) use self::runs::{AnswerLink, RunHandle, RunVisit};

/// The usual [`AgentDeps::patience`]: as long as a request may take, which is the limit in any case.
pub const PATIENCE: Duration = Duration::from_secs(25);

/// The agents of one Agent Server.
pub(crate) struct Agents {
    settings: AgentServerSettings,
    /// The server in the handles of its runs: a name given by the operator, or the id of a deployment.
    place: String,
    server: AgentServer,
    catalog: Catalog,
    clock: SharedClock,
    keys: RunKeys,
    public_url: PublicUrl,
    connections: Option<ServerConnections>,
    patience: Duration,
    options: RunOptions,
    answering: Arc<Answering>,
    /// Whether the server has said that it is not too old.
    is_probed: Arc<AtomicBool>,
    /// Whether its agents are the only ones of their endpoint, so that their names need no prefix.
    is_alone: bool,
}

/// What the agents of all servers have in common.
#[derive(Clone)]
pub struct AgentDeps {
    /// Reaches the servers.
    pub http: reqwest::Client,
    /// The keys of runs' handles; the same ones in every instance.
    pub keys: RunKeys,
    /// The time.
    pub clock: SharedClock,
    /// The base URL of our pages: for agents' questions, and for people's connections.
    pub public_url: PublicUrl,
    /// The people's own credentials for servers with `auth=own`. Without them, nobody is connected to such a server.
    pub connections: Option<ServerConnections>,
    /// How long a call waits for its run before it returns the run's handle, unless its client reads progress.
    pub patience: Duration,
    /// Where each person's own deployments are listed, if these are servers, too.
    pub discovery: Option<ControlPlane>,
}

impl Agents {
    /// The server that the operator has named so.
    fn new(settings: AgentServerSettings, deps: &AgentDeps) -> Self {
        let place = settings.name.to_string();
        Self::at(place, settings, deps)
    }

    fn at(place: String, settings: AgentServerSettings, deps: &AgentDeps) -> Self {
        let server = AgentServer::new(deps.http.clone(), &settings.address);
        let (clock, keys) = (deps.clock.clone(), deps.keys.clone());
        let patience = settings.wait.map_or(deps.patience, |wait| wait.min(deps.patience));
        let catalog = Catalog::new(clock.clone());
        let options = RunOptions {
            recursion_limit: settings.recursion_limit,
            project: settings.project.clone(),
            configuration: settings.configuration.as_ref().map(|configuration| match configuration {
                GraphConfiguration::Context(values) => Configuration::Context(values.clone()),
                GraphConfiguration::Configurable(values) => Configuration::Configurable(values.clone()),
            }),
        };
        Self {
            settings,
            place,
            server,
            catalog,
            clock,
            keys,
            public_url: deps.public_url.clone(),
            connections: deps.connections.clone(),
            patience,
            options,
            answering: Arc::default(),
            is_probed: Arc::default(),
            is_alone: false,
        }
    }

    /// The same agents at an endpoint of their own, under the names that the Agent Server gives. What is known about the
    /// server, and who answers a question, is known at both endpoints.
    fn alone(&self) -> Self {
        Self {
            place: self.place.clone(),
            settings: self.settings.clone(),
            server: self.server.clone(),
            catalog: self.catalog.renaming(),
            clock: self.clock.clone(),
            keys: self.keys.clone(),
            public_url: self.public_url.clone(),
            connections: self.connections.clone(),
            patience: self.patience,
            options: self.options.clone(),
            answering: self.answering.clone(),
            is_probed: self.is_probed.clone(),
            is_alone: true,
        }
    }

    /// How the agents are named within their set.
    fn naming(&self) -> Naming {
        if self.is_alone { Naming::own(runs::NAMES) } else { Naming::behind(&self.settings.name.name("")) }
    }

    /// The name of a tool as clients know it.
    fn shown(&self, tool: &str) -> String {
        if self.is_alone { tool.to_owned() } else { self.settings.name.name(tool) }
    }

    /// The server's name.
    pub(crate) fn name(&self) -> &str {
        self.settings.name.as_str()
    }
}

/// The Agent Servers of a deployment, and those that are discovered for each person.
#[derive(Clone)]
pub struct AgentServers {
    servers: Arc<[Arc<Agents>]>,
    discovered: Option<Arc<Discovered>>,
    pub(crate) keys: RunKeys,
    pub(crate) clock: SharedClock,
}

impl AgentServers {
    /// The servers with these settings, beside other toolsets.
    pub fn new(servers: Vec<AgentServerSettings>, others: &Toolsets, deps: &AgentDeps) -> Self {
        let servers: Arc<[Arc<Agents>]> =
            servers.into_iter().map(|server| Arc::new(Agents::new(server, deps))).collect();
        let names = others.names().chain(servers.iter().map(|agents| &agents.settings.name)).cloned();
        let discovered = Discovered::new(deps, names.collect());
        Self { servers, discovered, keys: deps.keys.clone(), clock: deps.clock.clone() }
    }

    /// The server of the run with `handle`.
    pub(crate) async fn of(
        &self,
        context: &Context<'_>,
        handle: &RunHandle,
    ) -> Result<Arc<Agents>, SetError> {
        if let Some(agents) = self.servers.iter().find(|agents| agents.place == handle.server) {
            return Ok(Arc::clone(agents));
        }
        match (&self.discovered, discovered::id_of(&handle.server)) {
            (Some(discovered), Some(id)) => discovered.server(context, id).await,
            (None, Some(_)) => Err(discovered::gone().into()),
            (_, None) => {
                let text = format!("The Agent Server {} is not connected any more.", handle.server);
                Err(ToolError::not_found(text).into())
            }
        }
    }

    /// `toolsets` plus the agents of each server, those of discovered ones, and the tools that return to runs; nothing
    /// without a server and discovery. Each server also has toolsets of its own, for an endpoint beside the others, unless
    /// its settings say otherwise.
    pub fn offered_by(&self, mut toolsets: Toolsets) -> Result<Toolsets, NameTaken> {
        if self.servers.is_empty() && self.discovered.is_none() {
            return Ok(toolsets);
        }
        for agents in self.servers.iter().filter(|agents| !agents.settings.disable_mcp) {
            toolsets = toolsets.beside(&agents.settings.name, self.alone(agents)?);
        }
        let runs = RunTools::new(self.clone());
        toolsets = toolsets.with_plain(Prefix::of_agent_runs(), runs::NAMES, runs)?;
        for agents in self.servers.iter() {
            toolsets = toolsets.with(agents.settings.name.clone(), Arc::clone(agents))?;
        }
        match &self.discovered {
            Some(discovered) => {
                toolsets.with_unclaimed(Prefix::of_discovered_agents(), Arc::clone(discovered))
            }
            None => Ok(toolsets),
        }
    }

    /// The agents of one server, and the tools that return to their runs.
    fn alone(&self, agents: &Agents) -> Result<Alone, NameTaken> {
        let (name, agents) = (agents.settings.name.clone(), Arc::new(agents.alone()));
        let servers = Self { servers: Arc::new([agents.clone()]), discovered: None, ..self.clone() };
        let toolsets = Toolsets::from(FixedTools::default())
            .with_plain(Prefix::of_agent_runs(), runs::NAMES, RunTools::new(servers))?
            .and_own(name.clone(), agents)?;
        Ok(Alone { toolsets, subject: Subject::AgentsOf(name) })
    }
}

impl Toolset for Arc<Agents> {
    fn list<'a>(
        &'a self,
        context: &'a Context<'a>,
        cursor: Option<&'a str>,
    ) -> BoxFuture<'a, Result<ToolPage, ListError>> {
        Box::pin(listing::page(self, context, cursor))
    }

    fn scope(&self, _tool: &str) -> Scope {
        Scope::AgentsRun
    }

    fn call<'a>(
        &'a self,
        context: &'a Context<'a>,
        tool: &'a str,
        arguments: Option<&'a RawValue>,
    ) -> BoxFuture<'a, Result<Output, SetError>> {
        Box::pin(async move {
            self.with_remedy(context.identity(), runs::run(self, context, tool, arguments).await)
        })
    }
}
