//! Differences between deployments other than logins. Public report: pull requests and notes of tools that use the
//! hosted platform; each member names its own. SDK: the flags of `/info`, and the number of decimals of a score.
//!
//! Occasional failures are not part of any deployment: 429 without `Retry-After`, the HTML 403 of a firewall in
//! between, 2xx with `errors` for a batch of runs. They are faults (`RateLimited`, `Blocked` and `Reports` of
//! [`FaultKind`](crate::FaultKind)) that a test injects: the first two at every request of every tool in
//! `functions/mcp/tests/http/every_tool/faults.rs`, the third in `experiments/run_experiment_cloud.rs` there.

use serde_json::{Map, Value};

use crate::reply::ApiError;

/// The behaviour of the API in one kind of deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "deployments differ in each of them on its own")]
pub struct Service {
    /// Which of the two query APIs for runs exist.
    pub queries: Queries,
    /// Whether one run that began more than 24 hours ago makes the whole request fail. Public report:
    /// `langchain-ai/langsmith-data-migration-tool` pull request 152; self-hosted deployments only warn. Assumed: the
    /// status and the wording.
    pub ingest_window: bool,
    /// Whether scores are rounded to four decimals. Documentation of `create_feedback` in LangChain's SDK: "the most
    /// the API stores".
    pub four_decimals: bool,
    /// Whether a commit adds the class of its manifest to the tags of the prompt. Public report: `INSTALL.md` of
    /// `bogware/terraform-provider-langsmith`. Assumed: the tag of an earlier class stays.
    pub type_tags: bool,
    /// Whether a key of one workspace gets 403 for resources of the organization. Public report: the same file.
    pub organization_keys_only: bool,
}

/// Which query APIs for runs a deployment has, and whether `/info` says so. LangChain's SDK 0.15.1,
/// `get_query_backend`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Queries {
    /// Both, but `/info` does not say so: a platform older than these flags.
    Unsaid,
    /// The first one. Assumed: the second one answers 501, like the first one where it is not served.
    ChOnly,
    /// Both.
    Dual,
    /// The second one; the first one answers 501. Public report: `langchain-ai/langsmith-sdk` pull request 3257. The
    /// second one requires the workspace besides a key, as its description says. Assumed: it answers 403 without.
    SmithDbOnly,
}

impl Service {
    /// No stricter than the description of the API.
    pub const LENIENT: Self = Self {
        queries: Queries::Unsaid,
        ingest_window: false,
        four_decimals: false,
        type_tags: false,
        organization_keys_only: false,
    };

    /// A deployment with only `ClickHouse`, announced in `/info`.
    pub const CH_ONLY: Self = Self { queries: Queries::ChOnly, ..Self::LENIENT };

    /// A deployment in migration from one query API to the other.
    pub const DUAL: Self = Self { queries: Queries::Dual, ..Self::LENIENT };

    /// A deployment without `ClickHouse`.
    pub const SMITHDB_ONLY: Self = Self { queries: Queries::SmithDbOnly, ..Self::LENIENT };

    /// The known behaviour of the hosted platform.
    pub const CLOUD: Self = Self {
        queries: Queries::Dual,
        ingest_window: true,
        four_decimals: true,
        type_tags: true,
        organization_keys_only: true,
    };
}

impl Queries {
    /// Refuses the request where the first API is not served.
    pub(crate) fn first(self) -> Result<(), ApiError> {
        match self {
            Self::Unsaid | Self::ChOnly | Self::Dual => Ok(()),
            Self::SmithDbOnly => Err(ApiError::NotImplemented("This endpoint requires ClickHouse")),
        }
    }

    /// Refuses the request where the second API is not served.
    pub(crate) fn second(self) -> Result<(), ApiError> {
        match self {
            Self::Unsaid | Self::SmithDbOnly | Self::Dual => Ok(()),
            Self::ChOnly => Err(ApiError::NotImplemented("This endpoint requires SmithDB")),
        }
    }

    /// Adds the query flags to those of `/info`.
    pub(crate) fn write_flags(self, flags: &mut Map<String, Value>) {
        if self != Self::Unsaid {
            flags.insert("ch_query_enabled".to_owned(), (self != Self::SmithDbOnly).into());
            flags.insert("sdb_query_enabled".to_owned(), (self != Self::ChOnly).into());
        }
    }
}
