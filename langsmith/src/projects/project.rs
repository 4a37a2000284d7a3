//! Tracing projects, which the API calls sessions: `GET /api/v1/sessions`.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::names::cache::Kind;
use crate::projects::project_facts::FoundProject;
use crate::workspace_client::parse;
use crate::{UpstreamError, WorkspaceClient};

/// The maximum number of projects in a page of LangSmith's.
const PAGE: usize = 100;

/// Which projects to list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProjectQuery<'q> {
    /// How many at most (1 to 100).
    pub limit: u32,
    /// How many to skip.
    pub offset: u32,
    /// Only projects whose name contains this text.
    pub name_contains: Option<&'q str>,
    /// Only the experiments on this dataset; without it, only projects that are not experiments.
    pub reference_dataset: Option<&'q str>,
    /// Whether LangSmith computes statistics over the projects' runs; otherwise the statistics are null.
    pub include_stats: bool,
}

/// A project. Values that are passed through keep the exact bytes that LangSmith sent.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Project {
    /// UUID.
    pub id: String,
    /// ISO 8601, usually without zone (UTC).
    pub start_time: Option<String>,
    /// ISO 8601, usually without zone (UTC).
    pub end_time: Option<String>,
    /// Free text.
    pub description: Option<String>,
    /// Unique in its workspace.
    pub name: Option<String>,
    /// Free-form object; a deployed agent's id lies somewhere in it.
    pub extra: Option<Box<RawValue>>,
    /// Workspace id.
    pub tenant_id: Option<String>,
    /// Set for experiments only.
    pub reference_dataset_id: Option<String>,
    /// Number of runs.
    pub run_count: Option<Box<RawValue>>,
    /// Seconds.
    pub latency_p50: Option<f64>,
    /// Seconds.
    pub latency_p99: Option<f64>,
    /// Tokens of all runs.
    pub total_tokens: Option<Box<RawValue>>,
    /// Tokens of all prompts.
    pub prompt_tokens: Option<Box<RawValue>>,
    /// Tokens of all completions.
    pub completion_tokens: Option<Box<RawValue>>,
    /// ISO 8601, usually without zone (UTC).
    pub last_run_start_time: Option<String>,
    /// Feedback on runs, by key.
    pub feedback_stats: Option<Box<RawValue>>,
    /// Feedback on the project, by key.
    pub session_feedback_stats: Option<Box<RawValue>>,
    /// Values to filter by.
    pub run_facets: Option<Box<RawValue>>,
    /// Dollars, as decimal text or number.
    pub total_cost: Option<Box<RawValue>>,
    /// Dollars, as decimal text or number.
    pub prompt_cost: Option<Box<RawValue>>,
    /// Dollars, as decimal text or number.
    pub completion_cost: Option<Box<RawValue>>,
    /// Seconds.
    pub first_token_p50: Option<f64>,
    /// Seconds.
    pub first_token_p99: Option<f64>,
    /// Share of failed runs, 0 to 1.
    pub error_rate: Option<Box<RawValue>>,
}

/// A page of projects.
#[derive(Clone, Debug)]
pub struct ProjectPage {
    /// In LangSmith's order.
    pub projects: Vec<Project>,
    /// How many projects match in all, if LangSmith reported it.
    pub total: Option<u64>,
}

impl WorkspaceClient<'_> {
    /// The projects that match `query`, newest first.
    ///
    /// `reference_free` is sent only without a reference dataset: together they match nothing, since experiments are
    /// exactly the projects that have one.
    pub async fn projects(&self, query: &ProjectQuery<'_>) -> Result<ProjectPage, UpstreamError> {
        let answer = self.list_projects(query).await;
        let is_nothing = match &answer {
            Ok(page) => page.projects.is_empty(),
            Err(error) => error.is_not_found(),
        };
        let Some(dataset) = query.reference_dataset.filter(|_| is_nothing) else { return answer };
        match self.renew(Kind::Dataset, dataset).await? {
            None => answer,
            Some(new) => self.list_projects(&ProjectQuery { reference_dataset: Some(&new), ..*query }).await,
        }
    }

    async fn list_projects(&self, query: &ProjectQuery<'_>) -> Result<ProjectPage, UpstreamError> {
        let (limit, offset) = (query.limit.to_string(), query.offset.to_string());
        let mut parameters = vec![("limit", limit.as_str())];
        parameters.extend(query.name_contains.map(|name| ("name_contains", name)));
        match query.reference_dataset {
            Some(dataset) => parameters.push(("reference_dataset", dataset)),
            None => parameters.push(("reference_free", "true")),
        }
        if query.include_stats {
            parameters.push(("include_stats", "true"));
        }
        parameters.push(("offset", &offset));
        let (body, total) = self.get_counted("/api/v1/sessions", &parameters).await?;
        Ok(ProjectPage { projects: parse(&body)?, total })
    }

    /// The id of the project with exactly this name, or `None`. It may be a remembered one, of a project that is gone.
    pub async fn project_id(&self, name: &str) -> Result<Option<String>, UpstreamError> {
        self.resolve_name(Kind::Project, name).await
    }

    /// Looks up the id of the project with exactly this name at LangSmith, and caches the project's facts.
    pub(crate) async fn find_project(&self, name: &str) -> Result<Option<String>, UpstreamError> {
        let query = [("limit", "1"), ("name", name), ("include_stats", "false")];
        let found: Vec<FoundProject> = self.get("/api/v1/sessions", &query).await?;
        Ok(found.into_iter().next().map(|project| {
            self.learn_project(&project);
            project.id
        }))
    }

    /// Id and name of those of the projects with these ids, UUIDs, that have a name.
    pub async fn project_names(&self, ids: &[String]) -> Result<Vec<(String, String)>, UpstreamError> {
        let mut names = Vec::new();
        for ids in ids.chunks(PAGE) {
            let mut query = vec![("limit", "100")];
            query.extend(ids.iter().map(|id| ("id", id.as_str())));
            query.push(("include_stats", "false"));
            let found: Vec<Project> = self.get("/api/v1/sessions", &query).await?;
            names.extend(found.into_iter().filter_map(|project| Some((project.id, project.name?))));
        }
        Ok(names)
    }
}
