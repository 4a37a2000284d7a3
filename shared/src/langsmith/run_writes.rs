//! Recording runs: `POST /api/v1/runs` and `/api/v1/runs/batch`. LangSmith takes runs in and stores them a little later.

use serde::Serialize;
use serde_json::value::RawValue;
use uuid::Uuid;

use super::{Caller, Stored, UpstreamError};

/// A finished run that is the root, and all, of its trace.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct NewRun<'r> {
    /// Chosen by us.
    pub id: Uuid,
    /// The same id.
    pub trace_id: Uuid,
    /// Start time and id.
    pub dotted_order: &'r str,
    /// The project that it belongs to.
    pub session_id: Uuid,
    /// As people see it.
    pub name: &'r str,
    /// `chain`, `llm` and so on.
    pub run_type: &'static str,
    /// RFC 3339.
    pub start_time: &'r str,
    /// RFC 3339.
    pub end_time: &'r str,
    /// JSON object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inputs: Option<&'r RawValue>,
    /// JSON object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outputs: Option<&'r RawValue>,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<&'r str>,
    /// The example that it answers.
    pub reference_example_id: Uuid,
}

#[derive(Serialize)]
struct Batch<'r> {
    post: &'r [NewRun<'r>],
}

impl Caller<'_> {
    /// Records one run.
    pub async fn record_run(&self, run: &NewRun<'_>) -> Result<Stored, UpstreamError> {
        self.store("/api/v1/runs", run).await?.try_map(|_| Ok(()))
    }

    /// Records runs.
    pub async fn record_runs(&self, runs: &[NewRun<'_>]) -> Result<Stored, UpstreamError> {
        let batch = Batch { post: runs };
        self.store("/api/v1/runs/batch", &batch).await?.try_map(|_| Ok(()))
    }
}
