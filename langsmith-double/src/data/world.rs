//! The data of a running double, indexed for its queries. After the start, only data behind a lock changes.

use uuid::Uuid;

use super::run::Run;
use super::session::ProjectDraft;
use crate::datasets::Datasets;
use crate::projects::Projects;
use crate::prompts::Prompts;
use crate::review::{FeedbackConfig, FeedbackToken, Queue};
use crate::share::Share;
use crate::shelf::Shelf;

/// The data of a running double.
#[derive(Default)]
pub(crate) struct World {
    pub(crate) projects: Projects,
    pub(crate) datasets: Datasets,
    pub(crate) prompts: Prompts,
    /// Comparative experiments, by workspace and id.
    pub(crate) comparisons: Shelf<(Uuid, Uuid)>,
    pub(crate) shares: Shelf<Share>,
    pub(crate) queues: Shelf<Queue>,
    pub(crate) feedback_configs: Shelf<FeedbackConfig>,
    pub(crate) feedback_tokens: Shelf<FeedbackToken>,
}

impl World {
    /// Adds a project with its runs.
    pub(crate) fn add(&self, project: ProjectDraft, runs: Vec<Run>) {
        self.projects.write(|ledger| ledger.add(project, runs));
    }
}
