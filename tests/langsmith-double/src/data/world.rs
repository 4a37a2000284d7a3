//! Everything that a running double serves, indexed for its queries. Only what keeps a lock changes after the start.

use super::run::Run;
use super::session::ProjectDraft;
use crate::datasets::Datasets;
use crate::projects::Projects;
use crate::prompts::Prompts;

/// The sample data.
#[derive(Default)]
pub(crate) struct World {
    pub(crate) projects: Projects,
    pub(crate) datasets: Datasets,
    pub(crate) prompts: Prompts,
}

impl World {
    /// Adds a project with its runs.
    pub(crate) fn add(&self, project: ProjectDraft, runs: Vec<Run>) {
        self.projects.write(|ledger| ledger.add(project, runs));
    }
}
