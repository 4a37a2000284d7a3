//! The agents of each person's own deployments: the servers that LangSmith's control plane lists for their credential and
//! workspace. All of them are one set, because which servers there are depends on the caller.

mod listing;
mod names;
mod servers;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use langsmith::{ControlPlane, UpstreamError};
use oauth::scope::Scope;
use primitives::deadline::Deadline;
use primitives::timed::TimedMap;
use serde_json::value::RawValue;
use shared::mcp::prefix::JOINT;
use uuid::Uuid;

use self::servers::Servers;
use super::access::{Access, workspace};
use super::catalog::LIFE;
use super::{AgentDeps, Agents, faults, runs};
use crate::toolset::{Context, ListError, Output, Prefix, SetError, ToolError, ToolPage, Toolset};

/// How long a caller's last list serves while the control plane fails.
const LAST_RESORT: Duration = Duration::from_hours(1);

/// The discovered servers of all callers.
pub(super) struct Discovered {
    control_plane: ControlPlane,
    deps: AgentDeps,
    /// The names that no discovered server gets.
    taken: BTreeSet<Prefix>,
    callers: TimedMap<String, Arc<Servers>>,
}

/// A caller's servers, and the trouble with the list of them: then they are those of an earlier list.
struct Found {
    servers: Arc<Servers>,
    trouble: Option<UpstreamError>,
}

impl Discovered {
    /// The servers, if they are to be discovered. None of them gets one of the names in `taken`.
    pub(super) fn new(deps: &AgentDeps, mut taken: BTreeSet<Prefix>) -> Option<Arc<Self>> {
        taken.extend([Prefix::of_agent_runs(), Prefix::of_discovered_agents()]);
        let (control_plane, callers) = (deps.discovery.clone()?, TimedMap::new(LIFE));
        Some(Arc::new(Self { control_plane, deps: deps.clone(), taken, callers }))
    }

    /// The deployment with this id, with which a run's handle belongs.
    pub(super) async fn server(&self, context: &Context<'_>, id: Uuid) -> Result<Arc<Agents>, SetError> {
        let found = self.find(context, |servers| servers.with_id(id)).await?;
        found.ok_or_else(|| gone().into())
    }

    /// What `search` finds among the caller's servers. One that is not in the cached list may be new, so the list is read
    /// again, once.
    async fn find(
        &self,
        context: &Context<'_>,
        search: impl Fn(&Servers) -> Option<Arc<Agents>>,
    ) -> Result<Option<Arc<Agents>>, SetError> {
        let access = Access::with_langsmith(context.identity());
        let cached = self.callers.get(&access.key, self.deps.clock.now());
        if let Some(agents) = cached.as_deref().and_then(&search) {
            return Ok(Some(agents));
        }
        let failed = |error: &UpstreamError| ToolError::of_backend(faults::of_control_plane(error)).into();
        let found = self.read(&access.key, context).await.map_err(|error| failed(&error))?;
        match (search(&found.servers), &found.trouble) {
            (None, Some(trouble)) => Err(failed(trouble)),
            (agents, _) => Ok(agents),
        }
    }

    /// The caller's servers, from the cache if they were read not long ago.
    async fn servers(&self, context: &Context<'_>) -> Result<Found, UpstreamError> {
        let access = Access::with_langsmith(context.identity());
        match self.callers.get(&access.key, self.deps.clock.now()) {
            Some(servers) => Ok(Found { servers, trouble: None }),
            None => self.read(&access.key, context).await,
        }
    }

    /// The caller's servers as the control plane lists them now, or, while it fails, as it did before.
    async fn read(&self, key: &String, context: &Context<'_>) -> Result<Found, UpstreamError> {
        let (identity, now) = (context.identity(), self.deps.clock.now());
        let workspace = workspace(identity);
        let last = self.callers.last(key);
        let deadline = Deadline::after(context.deadline().remaining().mul_f64(2.0 / 3.0));
        let caller = (&identity.credential, workspace.as_ref());
        match self.control_plane.deployments(caller, deadline).await {
            Ok(listed) => {
                let servers = Arc::new(Servers::new(self, &listed, last.as_deref()));
                self.callers.put(key.clone(), Arc::clone(&servers), now);
                Ok(Found { servers, trouble: None })
            }
            Err(trouble) => {
                let last = last.filter(|last| says_nothing(&trouble) && now.since(last.since) < LAST_RESORT);
                match last {
                    Some(servers) => Ok(Found { servers, trouble: Some(trouble) }),
                    None => Err(trouble),
                }
            }
        }
    }
}

/// Whether a failure says nothing about the caller's deployments, so that they may be as before.
fn says_nothing(error: &UpstreamError) -> bool {
    matches!(
        error,
        UpstreamError::Timeout
            | UpstreamError::Unreachable
            | UpstreamError::Server { .. }
            | UpstreamError::RateLimited { .. }
            | UpstreamError::Malformed
            | UpstreamError::TooLarge
    )
}

/// A deployment in a run's handle. No name that an operator gives begins so.
fn place_of(id: Uuid) -> String {
    format!("~{}", id.simple())
}

/// The deployment that a run's handle names, if it names one.
pub(super) fn id_of(place: &str) -> Option<Uuid> {
    place.strip_prefix('~')?.parse().ok()
}

/// The error for a run whose deployment the caller does not have.
pub(super) fn gone() -> ToolError {
    ToolError::not_found(
        "The deployment of this run is not among those that LangSmith lists for your login: it was deleted, or it \
         belongs to another workspace.",
    )
}

impl Toolset for Arc<Discovered> {
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
            let (server, agent) = tool.split_once(JOINT).ok_or(SetError::UnknownTool)?;
            let agents = self.find(context, |servers| servers.named(server)).await?;
            let agents = agents.ok_or(SetError::UnknownTool)?;
            agents.with_remedy(context.identity(), runs::run(&agents, context, agent, arguments).await)
        })
    }
}
