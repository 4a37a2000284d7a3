//! Everything that a running double serves, indexed for its queries. It never changes after the start.

use std::collections::BTreeMap;
use std::sync::Arc;

use uuid::Uuid;

use super::catalog::{StoredDataset, StoredPrompt};
use super::run::Run;
use super::session::{ProjectDraft, Session};

/// The sample data.
#[derive(Default)]
pub(crate) struct World {
    sessions: BTreeMap<Uuid, Vec<Session>>,
    /// By session, oldest first.
    runs: BTreeMap<Uuid, Vec<Arc<Run>>>,
    traces: BTreeMap<Uuid, Vec<Arc<Run>>>,
    pub(crate) datasets: Vec<StoredDataset>,
    pub(crate) prompts: Vec<StoredPrompt>,
}

impl World {
    /// Adds a project with its runs.
    pub(crate) fn add(&mut self, project: ProjectDraft, runs: Vec<Run>) {
        let mut runs: Vec<Arc<Run>> = runs.into_iter().map(Arc::new).collect();
        runs.sort_by_key(|run| run.facts.position());
        for run in &runs {
            self.traces.entry(run.facts.trace).or_default().push(Arc::clone(run));
        }
        let session = Session::new(project, &runs);
        self.runs.insert(session.id, runs);
        self.sessions.entry(session.workspace).or_default().push(session);
    }

    /// The projects of a workspace.
    pub(crate) fn sessions(&self, workspace: Uuid) -> &[Session] {
        self.sessions.get(&workspace).map_or(&[], Vec::as_slice)
    }

    /// The runs of a project, oldest first; `None` when the workspace has no such project.
    pub(crate) fn runs_of_session(&self, workspace: Uuid, session: Uuid) -> Option<&[Arc<Run>]> {
        let known = self.sessions(workspace).iter().any(|candidate| candidate.id == session);
        known.then(|| self.runs.get(&session).map_or(&[][..], Vec::as_slice))
    }

    /// Every run of a workspace.
    pub(crate) fn runs_of_workspace(&self, workspace: Uuid) -> impl Iterator<Item = &Arc<Run>> {
        self.sessions(workspace).iter().filter_map(|session| self.runs.get(&session.id)).flatten()
    }

    /// The runs of a trace, the root among them.
    pub(crate) fn trace(&self, trace: Uuid) -> &[Arc<Run>] {
        self.traces.get(&trace).map_or(&[], Vec::as_slice)
    }
}
