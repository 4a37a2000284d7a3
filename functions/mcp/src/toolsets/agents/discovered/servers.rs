//! One caller's discovered servers.

use std::sync::Arc;

use langsmith::{Deployment, Deployments};
use primitives::clock::Timestamp;
use primitives::explanation;
use shared::mcp::agent_servers::AgentServerSettings;
use uuid::Uuid;

use super::names::prefixes;
use super::{Discovered, place_of};
use crate::toolset::Prefix;
use crate::toolsets::agents::{AgentDeps, Agents, faults};

/// The maximum number of unusable deployments that a list names.
const MAX_NAMED: usize = 20;

/// The servers as one list of the control plane had them.
pub(super) struct Servers {
    pub(super) since: Timestamp,
    /// By the ids of the deployments.
    pub(super) all: Vec<Server>,
    /// The deployments that are not used, with the reasons.
    pub(super) missing: Vec<(String, String)>,
}

/// A deployment and its agents.
pub(super) struct Server {
    pub(super) id: Uuid,
    pub(super) agents: Arc<Agents>,
}

impl Servers {
    /// The servers of a list. Those that were in the caller's last one keep their caches.
    pub(super) fn new(discovered: &Discovered, listed: &Deployments, last: Option<&Self>) -> Self {
        let names: Vec<_> = listed.usable.iter().map(|found| (found.id, found.name.as_str())).collect();
        let prefixes = prefixes(&names, &discovered.taken);
        let mut missing = missing(listed);
        let mut all = Vec::new();
        for (found, prefix) in listed.usable.iter().zip(prefixes) {
            let Some(prefix) = prefix else { continue };
            let kept = last.and_then(|last| last.all.iter().find(|server| server.is(found, &prefix)));
            let kept = kept.map(|kept| Arc::clone(&kept.agents));
            let Some(agents) = kept.or_else(|| discovered.agents(found, &prefix).map(Arc::new)) else {
                missing.push((prefix.to_string(), "There is no way to it from here.".to_owned()));
                continue;
            };
            all.push(Server { id: found.id, agents });
        }
        Self { since: discovered.deps.clock.now(), all, missing }
    }

    /// The server whose tools have this prefix.
    pub(super) fn named(&self, prefix: &str) -> Option<Arc<Agents>> {
        self.all.iter().find(|server| server.agents.name() == prefix).map(|server| Arc::clone(&server.agents))
    }

    /// The deployment with this id.
    pub(super) fn with_id(&self, id: Uuid) -> Option<Arc<Agents>> {
        self.all.iter().find(|server| server.id == id).map(|server| Arc::clone(&server.agents))
    }
}

impl Server {
    /// Whether it is this deployment, as before.
    fn is(&self, found: &Deployment, prefix: &Prefix) -> bool {
        let settings = &self.agents.settings;
        self.id == found.id && settings.name == *prefix && settings.address == found.address
    }
}

impl Discovered {
    fn agents(&self, found: &Deployment, prefix: &Prefix) -> Option<Agents> {
        let http = self.control_plane.client(found).ok()?;
        let deps = AgentDeps { http, ..self.deps.clone() };
        let settings = AgentServerSettings::new(prefix.clone(), found.address.clone());
        Some(Agents::at(place_of(found.id), settings, &deps))
    }
}

fn missing(listed: &Deployments) -> Vec<(String, String)> {
    let of_itself = Prefix::of_discovered_agents().to_string();
    let unusable = listed.unusable.iter().take(MAX_NAMED);
    let named = |name: &str| Some(explanation::cleaned(name, 60)).filter(|name| !name.is_empty());
    let unusable = unusable.map(|(name, why)| {
        (named(name).unwrap_or_else(|| of_itself.clone()), faults::of_unusable(*why).to_owned())
    });
    let mut missing: Vec<_> = unusable.collect();
    let more = listed.unusable.len().saturating_sub(MAX_NAMED);
    if more > 0 {
        missing
            .push((of_itself.clone(), format!("{more} more deployments have addresses that are not used.")));
    }
    if listed.is_cut {
        let reason = "There may be more deployments than these: there are too many, or the control plane repeats a page.";
        missing.push((of_itself, reason.to_owned()));
    }
    missing
}
