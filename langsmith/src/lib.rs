//! The LangSmith API client, one file per resource.
//!
//! A [`LangSmith`] is one configured deployment and holds no credential. Every call goes through a [`WorkspaceClient`], which
//! borrows one caller's credential and workspace for one request, so nothing can be shared between callers. State that
//! is kept longer is keyed by both. Facts about the API come from LangSmith's published OpenAPI description.

pub mod body;
mod workspace_client;
mod checked_json;
mod credential;
mod data_plane;
mod dataset_writes;
mod datasets;
mod endpoint;
mod error;
mod example_writes;
mod examples;
mod experiments;
mod feedback;
pub mod filter;
mod first_names;
mod http;
mod links;
mod long_list;
mod memory;
mod names;
mod new_ids;
pub mod oauth;
mod project_facts;
mod projects;
mod prompts;
mod received;
mod refused_keys;
mod request_budget;
mod retry;
mod run_writes;
mod runs;
mod scan;
mod stored;
mod transport;
mod unreachable;
mod usage;
mod users;
mod workspaces;

use std::sync::Arc;
use std::time::Duration;

use primitives::clock::SharedClock;
use primitives::deadline::Deadline;
use primitives::ids::WorkspaceId;
use primitives::random::SharedRandom;
use reqwest::Url;

pub use workspace_client::WorkspaceClient;
pub use credential::Credential;
pub use data_plane::{
    DataPlane, DataPlaneError, DataPlaneProblem, DataPlaneSettings, ListedDataPlanes, shown_data_plane,
};
pub use dataset_writes::{Made, NewDataset, StoredDataset};
pub use datasets::{Dataset, DatasetBody, DatasetPage, DatasetQuery};
pub use endpoint::MAX_URL;
pub use error::UpstreamError;
pub use example_writes::{ExampleUpdate, NewExample, SourceRun};
pub use examples::{Example, ExampleBody, ExamplePage, ExampleQuery};
pub use experiments::{Experiment, ExperimentStats, KeyStats, NewExperiment};
pub use feedback::{FEEDBACK_PAGE, Feedback, FeedbackPage, NewFeedback};
pub use first_names::NamedKind;
pub use http::{HttpClientError, http_client};
pub use names::ResolvedNames;
pub use new_ids::{derived_id, derived_id_at};
pub use oauth::{OAuthMetadata, OAuthTokenError, TokenSet};
pub use projects::{Project, ProjectPage, ProjectQuery};
pub use prompts::{NewCommit, Prompt, PromptCommit, PromptDetails, PromptName, PromptPage, PromptQuery};
pub use received::{PLAIN_LEVELS, Received};
pub use refused_keys::RefusedKeys;
pub use request_budget::RequestBudget;
pub use run_writes::{NewRun, NewRunExtra};
pub use runs::{Backend, LISTED, Order, Run, RunBatch, RunCursor, RunPage, RunQuery};
pub use stored::{Conflict, Stored};
pub use usage::{RawObject, UsageQuery};
pub use workspaces::{Workspace, WorkspaceDetails};

use self::data_plane::DataPlanes;
use self::endpoint::Place;
use self::memory::Memory;
use self::runs::{Flags, INFO_PATH};

/// The upstream time budget of one caller, retries and waits included: a tool call ends within 25 s, and the last
/// second is for writing its answer.
pub const CALL_BUDGET: Duration = Duration::from_secs(24);

/// One LangSmith deployment.
#[derive(Clone)]
pub struct LangSmith {
    endpoint: Url,
    place: Place,
    http: reqwest::Client,
    data_planes: Arc<DataPlanes>,
    random: SharedRandom,
    memory: Arc<Memory>,
    budget: Duration,
}

impl LangSmith {
    /// A client for the deployment at `endpoint`, which may end in `/api` or `/api/v1` as LangSmith's own SDKs allow.
    pub fn new(endpoint: Url, http: reqwest::Client, clock: SharedClock, random: SharedRandom) -> Self {
        let place = Place::of(&endpoint);
        let data_planes = Arc::new(DataPlanes::new(&endpoint, DataPlaneSettings::default()));
        let memory = Arc::new(Memory::new(clock));
        Self { endpoint, place, http, data_planes, random, memory, budget: CALL_BUDGET }
    }

    /// The same client with other rules for the data planes of workspaces.
    #[must_use]
    pub fn with_data_planes(mut self, settings: DataPlaneSettings) -> Self {
        self.data_planes = Arc::new(DataPlanes::new(&self.endpoint, settings));
        self
    }

    /// The same client with another upstream time budget per caller.
    #[must_use]
    pub fn with_budget(mut self, budget: Duration) -> Self {
        self.budget = budget;
        self
    }

    /// The configured endpoint.
    pub fn endpoint(&self) -> &Url {
        &self.endpoint
    }

    /// The client for one request of one caller. Its time budget starts now.
    pub fn caller<'a>(
        &'a self,
        credential: &'a Credential,
        workspace: Option<&'a WorkspaceId>,
    ) -> WorkspaceClient<'a> {
        self.caller_until(self.deadline(), credential, workspace)
    }

    /// Like [`caller`](Self::caller), ending at `deadline`: several attempts at one task share a budget.
    pub fn caller_until<'a>(
        &'a self,
        deadline: Deadline,
        credential: &'a Credential,
        workspace: Option<&'a WorkspaceId>,
    ) -> WorkspaceClient<'a> {
        WorkspaceClient::new(self, credential, workspace, deadline)
    }

    /// Opens a connection, for as long as the caller waits, by reading the public description of the deployment. Its
    /// flags are kept.
    pub async fn warm(&self) -> Result<(), UpstreamError> {
        let answer = self.attempt(self.http.get(self.url(INFO_PATH)), Deadline::after(CALL_BUDGET)).await?;
        if answer.status.is_success() {
            let _already_read = self.memory.flags.set(Flags::read(&answer.body));
        }
        Ok(())
    }

    /// The deadline of a time budget that starts now.
    pub fn deadline(&self) -> Deadline {
        Deadline::after(self.budget)
    }
}

impl std::fmt::Debug for LangSmith {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LangSmith").field("root", &self.place.root()).finish_non_exhaustive()
    }
}
