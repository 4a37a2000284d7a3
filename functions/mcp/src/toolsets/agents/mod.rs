//! The agents of an Agent Server as tools: one set per server. A list is the caller's own, because a server may show
//! each caller other agents; a call is a run on a thread of its own, to which the tools in `runs` return.
//!
//! The API of Agent Servers belongs to the crate `agent-server`.

mod access;
mod catalog;
mod descriptor;
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
use oauth::public_url::PublicUrl;
use oauth::scope::Scope;
use primitives::clock::SharedClock;
use serde_json::value::RawValue;
use shared::mcp::agent_servers::{AgentServerSettings, GraphConfiguration};

use self::catalog::Catalog;
use self::runs::{Answering, RunTools};
use crate::toolset::{
    Context, ListError, NameTaken, Output, Prefix, SetError, ToolError, ToolPage, Toolset, Toolsets,
};

pub(crate) use self::form::Form;
pub(crate) use self::question::{ApprovedAction, Question};
pub use self::runs::RunKeys;
pub(crate) use self::runs::{ANSWER_PATH, AnswerLink, RunVisit};

/// The usual [`AgentDeps::patience`]: as long as a request may take, which is the limit in any case.
pub const PATIENCE: Duration = Duration::from_secs(25);

/// The agents of one Agent Server.
struct Agents {
    settings: AgentServerSettings,
    server: AgentServer,
    catalog: Catalog,
    clock: SharedClock,
    keys: RunKeys,
    public_url: PublicUrl,
    patience: Duration,
    options: RunOptions,
    answering: Answering,
    /// Whether the server has said that it is not too old.
    is_probed: AtomicBool,
}

/// What the agents of all servers have in common.
pub struct AgentDeps {
    /// Reaches the servers.
    pub http: reqwest::Client,
    /// The keys of runs' handles; the same ones in every instance.
    pub keys: RunKeys,
    /// The time.
    pub clock: SharedClock,
    /// The base URL of our page for agents' questions.
    pub public_url: PublicUrl,
    /// How long a call waits for its run before it returns the run's handle, unless its client reads progress.
    pub patience: Duration,
}

impl Agents {
    fn new(settings: AgentServerSettings, deps: &AgentDeps) -> Self {
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
            server,
            catalog,
            clock,
            keys,
            public_url: deps.public_url.clone(),
            patience,
            options,
            answering: Answering::default(),
            is_probed: AtomicBool::new(false),
        }
    }

    /// The server's name.
    fn name(&self) -> &str {
        self.settings.name.as_str()
    }
}

/// The Agent Servers of a deployment.
#[derive(Clone)]
pub struct AgentServers {
    servers: Arc<[Arc<Agents>]>,
    pub(crate) keys: RunKeys,
    pub(crate) clock: SharedClock,
}

impl AgentServers {
    /// The servers with these settings.
    pub fn new(servers: Vec<AgentServerSettings>, deps: &AgentDeps) -> Self {
        let servers = servers.into_iter().map(|server| Arc::new(Agents::new(server, deps))).collect();
        Self { servers, keys: deps.keys.clone(), clock: deps.clock.clone() }
    }

    /// The server of this name.
    fn named(&self, name: &str) -> Result<&Agents, ToolError> {
        let agents = self.servers.iter().find(|agents| agents.name() == name);
        agents.map(Arc::as_ref).ok_or_else(|| {
            ToolError::not_found(format!("The Agent Server {name} is not connected any more."))
        })
    }

    /// `toolsets` plus the agents of each server, and the tools that return to runs; nothing without a server.
    pub fn offered_by(&self, mut toolsets: Toolsets) -> Result<Toolsets, NameTaken> {
        if self.servers.is_empty() {
            return Ok(toolsets);
        }
        let runs = RunTools::new(self.clone());
        toolsets = toolsets.with_plain(Prefix::of_agent_runs(), runs::NAMES, runs)?;
        self.servers.iter().try_fold(toolsets, |toolsets, agents| {
            toolsets.with(agents.settings.name.clone(), agents.clone())
        })
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
        Box::pin(runs::run(self, context, tool, arguments))
    }
}
