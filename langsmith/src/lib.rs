//! The LangSmith API client, one folder per subject and one file per resource.
//!
//! A [`LangSmith`] is one configured deployment and holds no credential. Every call goes through a [`WorkspaceClient`],
//! which borrows one caller's credential and workspace for one request, so nothing can be shared between callers. State
//! that is kept longer is keyed by both. Facts about the API come from LangSmith's published OpenAPI description.

mod control_plane;
mod credential;
mod data_plane;
mod datasets;
mod error;
mod experiments;
pub mod filter;
mod json;
mod links;
mod memory;
mod names;
pub mod oauth;
mod organization;
mod projects;
mod prompts;
mod refused_keys;
mod runs;
mod transport;
mod workspace_client;

use std::sync::Arc;
use std::time::Duration;

use primitives::clock::SharedClock;
use primitives::deadline::Deadline;
use primitives::ids::WorkspaceId;
use primitives::random::SharedRandom;
use reqwest::Url;

pub use control_plane::{ControlPlane, Deployment, Deployments, Unusable};
pub use credential::Credential;
pub use data_plane::{
    DataPlane, DataPlaneError, DataPlaneProblem, DataPlaneSettings, ListedDataPlanes, shown_data_plane,
};
pub use datasets::dataset::{Dataset, DatasetBody, DatasetPage, DatasetQuery};
pub use datasets::dataset_writes::{Made, NewDataset, StoredDataset};
pub use datasets::example::{Example, ExampleBody, ExamplePage, ExampleQuery};
pub use datasets::example_writes::{ExampleUpdate, NewExample, SourceRun};
pub use datasets::stored::{Conflict, Stored};
pub use error::UpstreamError;
pub use experiments::experiment::{Experiment, ExperimentStats, KeyStats, NewExperiment};
pub use experiments::feedback::{FEEDBACK_PAGE, Feedback, FeedbackPage, NewFeedback};
pub use json::received::{PLAIN_LEVELS, Received};
pub use names::cache::ResolvedNames;
pub use names::first_names::NamedKind;
pub use names::new_ids::{derived_id, derived_id_at};
pub use oauth::{OAuthMetadata, OAuthTokenError, TokenSet};
pub use organization::auth_info::AuthInfo;
pub use organization::usage::{RawObject, UsageQuery};
pub use organization::workspaces::{Workspace, WorkspaceDetails};
pub use projects::project::{Project, ProjectPage, ProjectQuery};
pub use prompts::{NewCommit, Prompt, PromptCommit, PromptDetails, PromptName, PromptPage, PromptQuery};
pub use refused_keys::RefusedKeys;
pub use runs::run_writes::{NewRun, NewRunExtra};
pub use runs::{Backend, LISTED, Order, Run, RunBatch, RunCursor, RunPage, RunQuery};
pub use transport::body;
pub use transport::client::{HttpClientError, http_client};
pub use transport::endpoint::MAX_URL;
pub use transport::request_budget::RequestBudget;
pub use workspace_client::WorkspaceClient;

use self::data_plane::DataPlanes;
use self::memory::Memory;
use self::runs::{FLAGS_TIMEOUT, Flags, INFO_PATH};
use self::transport::endpoint::Place;

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
    flags_timeout: Duration,
}

impl LangSmith {
    /// A client for the deployment at `endpoint`, which may end in `/api` or `/api/v1` as LangSmith's own SDKs allow.
    pub fn new(endpoint: Url, http: reqwest::Client, clock: SharedClock, random: SharedRandom) -> Self {
        let place = Place::of(&endpoint);
        let data_planes = Arc::new(DataPlanes::new(&endpoint, DataPlaneSettings::default()));
        let memory = Arc::new(Memory::new(clock));
        let (budget, flags_timeout) = (CALL_BUDGET, FLAGS_TIMEOUT);
        Self { endpoint, place, http, data_planes, random, memory, budget, flags_timeout }
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

    /// The same client with another timeout for reading the flags of a deployment during a call.
    #[must_use]
    pub fn with_flags_timeout(mut self, timeout: Duration) -> Self {
        self.flags_timeout = timeout;
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
        if let Some(flags) = Flags::of_answer(&answer) {
            self.memory.offers.put_flags(self.place.root(), flags, self.memory.now());
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
