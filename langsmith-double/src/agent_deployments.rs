//! The deployments of agents, as the control plane lists them.

use std::sync::atomic::{AtomicBool, Ordering};

use uuid::Uuid;

use crate::shelf::Shelf;

/// A deployment of an Agent Server.
#[derive(Clone, Debug)]
pub struct AgentDeployment {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// Its state, such as `READY`.
    pub status: String,
    /// The address of its server.
    pub url: Option<String>,
    /// The workspace that it belongs to.
    pub workspace: Uuid,
    /// The only person who sees it, if not everybody in the workspace does.
    pub person: Option<Uuid>,
}

/// The deployments of all workspaces.
#[derive(Default)]
pub(crate) struct AgentDeployments {
    all: Shelf<AgentDeployment>,
    ignores_offset: AtomicBool,
}

impl AgentDeployments {
    pub(crate) fn add(&self, deployment: AgentDeployment) {
        self.all.lock().push(deployment);
    }

    pub(crate) fn remove(&self, id: Uuid) -> bool {
        self.all.remove(|deployment| deployment.id == id)
    }

    pub(crate) fn ignore_offset(&self, ignored: bool) {
        self.ignores_offset.store(ignored, Ordering::SeqCst);
    }

    /// The deployments that a person sees in a workspace: from `offset` on, at most `limit`.
    pub(crate) fn page(
        &self,
        (workspace, who): (Uuid, Uuid),
        limit: usize,
        offset: usize,
    ) -> Vec<AgentDeployment> {
        let offset = if self.ignores_offset.load(Ordering::SeqCst) { 0 } else { offset };
        let is_shown = |found: &&AgentDeployment| {
            found.workspace == workspace && found.person.is_none_or(|person| person == who)
        };
        self.all.lock().iter().filter(is_shown).skip(offset).take(limit).cloned().collect()
    }
}
