//! In what deployments differ beside logins. Public report: pull requests and notes of tools that talk to the hosted
//! platform; each member names its own. SDK: the flags of `/info`, and how many decimals a score has.
//!
//! No deployment has what happens now and then: 429 without `Retry-After`, the HTML 403 of a firewall in between, 2xx with
//! `errors` for a batch of runs. These are faults (`RateLimited`, `Blocked` and `Reports` of [`FaultKind`](crate::FaultKind))
//! that a test asks for: the first two at every request of every tool in `functions/mcp/tests/http/faults.rs`, the third in
//! `run_experiment_cloud.rs` there.

use serde_json::{Map, Value};

use crate::auth::Caller;
use crate::data::people::Principal;
use crate::reply::ApiError;

/// How the double serves what it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "deployments differ in each of them on its own")]
pub struct Service {
    /// Through which of the two APIs runs can be queried.
    pub queries: Queries,
    /// Whether a request with a run that began more than 24 hours ago is refused as a whole. Public report:
    /// `langchain-ai/langsmith-data-migration-tool` pull request 152; deployments of one's own only warn. Assumed: the status
    /// and the words.
    pub ingest_window: bool,
    /// Whether scores are kept to four decimals. Documentation of `create_feedback` in LangChain's SDK: "the most the API
    /// stores".
    pub four_decimals: bool,
    /// Whether a commit adds the class of its manifest to the tags of the prompt. Public report: `INSTALL.md` of
    /// `bogware/terraform-provider-langsmith`. Assumed: the tag of an earlier class stays.
    pub type_tags: bool,
    /// Whether a key of one workspace is refused with 403 where something belongs to the organization. Public report: the
    /// same file.
    pub organization_keys_only: bool,
}

/// Which APIs for queries of runs a deployment has, and whether `/info` says so. LangChain's SDK 0.15.1, `get_query_backend`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Queries {
    /// `/info` says nothing: older than the flags.
    Unsaid,
    /// The first one. Assumed: the second one answers 501, as the first one does where it is not served.
    ChOnly,
    /// Both.
    Dual,
    /// The second one; the first one answers 501. Public report: `langchain-ai/langsmith-sdk` pull request 3257. The second
    /// one wants the workspace beside a key, as its description says. Assumed: it answers 403 without.
    SmithDbOnly,
}

impl Service {
    /// Nothing is stricter than the description of the API.
    pub const LENIENT: Self = Self {
        queries: Queries::Unsaid,
        ingest_window: false,
        four_decimals: false,
        type_tags: false,
        organization_keys_only: false,
    };

    /// A deployment that has `ClickHouse` and says so.
    pub const CH_ONLY: Self = Self { queries: Queries::ChOnly, ..Self::LENIENT };

    /// A deployment on its way from one to the other.
    pub const DUAL: Self = Self { queries: Queries::Dual, ..Self::LENIENT };

    /// A deployment without `ClickHouse`.
    pub const SMITHDB_ONLY: Self = Self { queries: Queries::SmithDbOnly, ..Self::LENIENT };

    /// What is known of the hosted platform.
    pub const CLOUD: Self = Self {
        queries: Queries::Dual,
        ingest_window: true,
        four_decimals: true,
        type_tags: true,
        organization_keys_only: true,
    };
}

impl Service {
    /// Refuses who may not ask about the organization.
    pub(crate) fn for_organizations(self, caller: &Caller) -> Result<(), ApiError> {
        let is_of_workspace = matches!(caller.principal, Principal::Service([_]));
        if self.organization_keys_only && is_of_workspace { Err(ApiError::Forbidden) } else { Ok(()) }
    }
}

impl Queries {
    /// Refuses what the first API does not serve.
    pub(crate) fn first(self) -> Result<(), ApiError> {
        match self {
            Self::Unsaid | Self::ChOnly | Self::Dual => Ok(()),
            Self::SmithDbOnly => Err(ApiError::NotImplemented("This endpoint requires ClickHouse")),
        }
    }

    /// Refuses what the second API does not serve.
    pub(crate) fn second(self) -> Result<(), ApiError> {
        match self {
            Self::Unsaid | Self::SmithDbOnly | Self::Dual => Ok(()),
            Self::ChOnly => Err(ApiError::NotImplemented("This endpoint requires SmithDB")),
        }
    }

    /// Adds to the flags of `/info` what it says of itself.
    pub(crate) fn say(self, flags: &mut Map<String, Value>) {
        if self != Self::Unsaid {
            flags.insert("ch_query_enabled".to_owned(), (self != Self::SmithDbOnly).into());
            flags.insert("sdb_query_enabled".to_owned(), (self != Self::ChOnly).into());
        }
    }
}
