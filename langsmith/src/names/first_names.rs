//! The names that a caller can see, for suggestions in errors. They are optional: LangSmith is asked once, with a short
//! wait, and without an answer there are none.

use std::time::Duration;

use serde::Deserialize;

use crate::transport::endpoint::Query;
use crate::{RequestBudget, UpstreamError, WorkspaceClient};

/// The maximum wait for the names.
const WAIT: Duration = Duration::from_secs(3);

/// A kind of named object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NamedKind {
    /// Tracing projects, experiments among them.
    Project,
    /// Datasets.
    Dataset,
    /// The workspace's own prompts.
    Prompt,
}

#[derive(Deserialize)]
struct Thing {
    #[serde(default)]
    name: Option<String>,
}

#[derive(Deserialize)]
struct Repos {
    repos: Vec<Repo>,
}

#[derive(Deserialize)]
struct Repo {
    repo_handle: String,
}

impl WorkspaceClient<'_> {
    /// The first 100 names in LangSmith's own order, newest first; empty if LangSmith does not answer.
    pub async fn first_names(&self, kind: NamedKind) -> Vec<String> {
        let once = RequestBudget::new(1);
        let names = self.limited_to(&once).until_at_most(WAIT).names(kind).await;
        names.unwrap_or_default()
    }

    async fn names(&self, kind: NamedKind) -> Result<Vec<String>, UpstreamError> {
        match kind {
            NamedKind::Project => self.listed("/api/v1/sessions", &PROJECTS).await,
            NamedKind::Dataset => self.listed("/api/v1/datasets", &DATASETS).await,
            NamedKind::Prompt => {
                let found: Repos = self.get("/api/v1/repos", &PROMPTS).await?;
                Ok(found.repos.into_iter().map(|repo| repo.repo_handle).collect())
            }
        }
    }

    async fn listed(&self, path: &str, query: &Query<'_>) -> Result<Vec<String>, UpstreamError> {
        let things: Vec<Thing> = self.get(path, query).await?;
        Ok(things.into_iter().filter_map(|thing| thing.name).collect())
    }
}

const PROJECTS: [(&str, &str); 2] = [("limit", "100"), ("include_stats", "false")];
const DATASETS: [(&str, &str); 1] = [("limit", "100")];
const PROMPTS: [(&str, &str); 5] = [
    ("limit", "100"),
    ("offset", "0"),
    ("is_public", "false"),
    ("is_archived", "false"),
    ("repo_type", "prompt"),
];
