//! Recording runs: `POST /api/v1/runs` and `/api/v1/runs/batch`. LangSmith accepts runs first and stores them a little
//! later.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::error::texts;
use crate::{Stored, UpstreamError, WorkspaceClient};

/// A finished run that is the root, and the only run, of its trace.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct NewRun<'r> {
    /// An id of our choice.
    pub id: Uuid,
    /// The same id.
    pub trace_id: Uuid,
    /// Start time and id.
    pub dotted_order: &'r str,
    /// The project of the run.
    pub session_id: Uuid,
    /// The display name.
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
    /// The error text of a failed run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<&'r str>,
    /// The example that the run answers.
    pub reference_example_id: Uuid,
    /// Additional data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extra: Option<NewRunExtra<'r>>,
}

/// Additional data of a run. LangChain's SDK records here which version of its example a run answers.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct NewRunExtra<'r> {
    metadata: Metadata<'r>,
}

#[derive(Clone, Copy, Debug, Serialize)]
struct Metadata<'r> {
    example_version: &'r str,
}

#[derive(Serialize)]
struct Batch<'r> {
    post: &'r [NewRun<'r>],
}

/// LangSmith may accept a batch and still report errors of some of its runs (public report: LangChain's
/// langsmith-data-migration-tool looks for `errors` in the answer). Their form is not documented.
#[derive(Deserialize)]
struct BatchAnswer {
    #[serde(default)]
    errors: Value,
}

impl<'r> NewRunExtra<'r> {
    /// Records that the run answers its example as of this time (ISO 8601).
    pub const fn of_example(example_version: &'r str) -> Self {
        Self { metadata: Metadata { example_version } }
    }
}

impl WorkspaceClient<'_> {
    /// Records one run.
    pub async fn record_run(&self, run: &NewRun<'_>) -> Result<Stored, UpstreamError> {
        self.store("/api/v1/runs", run).await?.try_map(|_| Ok(()))
    }

    /// Records runs. Returns a short text of the errors that LangSmith reports although it accepted the batch, if any:
    /// it is unknown then which of the runs were stored.
    pub async fn record_runs(&self, runs: &[NewRun<'_>]) -> Result<Stored<Option<String>>, UpstreamError> {
        let batch = Batch { post: runs };
        self.store("/api/v1/runs/batch", &batch).await?.try_map(|answer| Ok(reported(&answer)))
    }
}

/// The text of the errors in an answer, if there are any.
fn reported(answer: &[u8]) -> Option<String> {
    let errors = serde_json::from_slice::<BatchAnswer>(answer).ok()?.errors;
    let is_nothing = match &errors {
        Value::Null | Value::Bool(false) => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::String(text) => text.is_empty(),
        Value::Number(count) => count.as_u64() == Some(0),
        Value::Bool(true) => false,
    };
    if is_nothing { None } else { Some(texts(&errors)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_told_in_whatever_form_they_come() {
        for (answer, expected) in [
            ("", None),
            ("{}", None),
            ("[]", None),
            (r#"{"message":"Runs batch ingested"}"#, None),
            (r#"{"errors":null}"#, None),
            (r#"{"errors":[]}"#, None),
            (r#"{"errors":0}"#, None),
            (r#"{"errors":["a","b\nhttps://x/"]}"#, Some("a; b […]")),
            (r#"{"errors":[{"error":"bad"}]}"#, Some("bad")),
            (r#"{"errors":{"i":{"detail":["bad"]}}}"#, Some("bad")),
            (r#"{"errors":[1]}"#, Some("")),
        ] {
            assert_eq!(reported(answer.as_bytes()).as_deref(), expected, "{answer}");
        }
    }
}
