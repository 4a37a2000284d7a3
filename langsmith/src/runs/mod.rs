//! Runs, queried through one of two backends: `POST /api/v1/runs/query`, and `POST /v2/runs/query`, its designated
//! successor. Both are reads with a body. One [`RunQuery`] has an encoding for each, and both answers become the same
//! [`Run`].

mod backend;
mod flags;
mod offers;
mod page;
mod refusal;
mod run;
pub(crate) mod run_writes;
mod v1;
mod v2;

use serde::Serialize;

pub use backend::Backend;
pub(crate) use flags::{FLAGS_TIMEOUT, Flags, INFO_PATH};
pub(super) use offers::Offers;
pub use page::{RunBatch, RunCursor, RunPage};
pub use run::Run;

/// The direction of a listing, by start time: the only order that the API offers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Order {
    /// Oldest first.
    Asc,
    /// Newest first.
    #[default]
    Desc,
}

/// Which runs to read.
#[derive(Clone, Debug)]
pub struct RunQuery<'q> {
    /// Project ids.
    pub projects: &'q [String],
    /// Only the runs with these ids.
    pub ids: Option<&'q [String]>,
    /// Only runs of this type, in lower case.
    pub run_type: Option<&'q str>,
    /// Only runs on these dataset examples.
    pub reference_example: Option<&'q [String]>,
    /// Filter expression on the run.
    pub filter: Option<&'q str>,
    /// Filter expression on the root run of the run's trace.
    pub trace_filter: Option<&'q str>,
    /// Filter expression on any run of the run's trace.
    pub tree_filter: Option<&'q str>,
    /// Only root runs (`true`), or only others (`false`).
    pub is_root: Option<bool>,
    /// Only failed runs (`true`), or only others (`false`).
    pub error: Option<bool>,
    /// Only runs of this trace; the first backend then ignores limit and cursor.
    pub trace: Option<&'q str>,
    /// Only runs that started at this time or later (RFC 3339). LangSmith's rate limits are higher for queries that
    /// have one.
    pub start_time: Option<&'q str>,
    /// Without [`start_time`](Self::start_time): whether to search runs of any age, even older than their project.
    pub any_age: bool,
    /// Only runs that started before this time (RFC 3339).
    pub end_time: Option<&'q str>,
    /// How many at most (1 to 100).
    pub limit: u32,
    /// The sort direction.
    pub order: Order,
    /// The position to start at, and its backend; `None` for the first page, on the backend that the endpoint offers.
    pub cursor: Option<RunCursor>,
    /// The columns to return, by their names on the first backend.
    pub select: &'q [&'static str],
}

impl Default for RunQuery<'_> {
    fn default() -> Self {
        Self {
            projects: &[],
            ids: None,
            run_type: None,
            reference_example: None,
            filter: None,
            trace_filter: None,
            tree_filter: None,
            is_root: None,
            error: None,
            trace: None,
            start_time: None,
            any_age: false,
            end_time: None,
            limit: 100,
            order: Order::default(),
            cursor: None,
            select: &LISTED,
        }
    }
}

/// The columns of a run listing: enough for the full run object, without manifests.
pub const LISTED: [&str; 28] = [
    "app_path",
    "completion_cost",
    "completion_tokens",
    "dotted_order",
    "end_time",
    "error",
    "events",
    "extra",
    "feedback_stats",
    "first_token_time",
    "id",
    "inputs",
    "name",
    "outputs",
    "parent_run_id",
    "parent_run_ids",
    "prompt_cost",
    "prompt_tokens",
    "reference_example_id",
    "run_type",
    "s3_urls",
    "session_id",
    "start_time",
    "status",
    "tags",
    "total_cost",
    "total_tokens",
    "trace_id",
];

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
