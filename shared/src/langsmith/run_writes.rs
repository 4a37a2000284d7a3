//! Recording runs: `POST /api/v1/runs` and `/api/v1/runs/batch`. LangSmith takes runs in and stores them a little later.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;
use uuid::Uuid;

use super::error::texts;
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
    /// What is known of it besides.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extra: Option<NewRunExtra<'r>>,
}

/// What is known of a run besides. It is where LangChain's SDK says which state of its example a run answers.
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

/// LangSmith may take a batch in and still report what was wrong with runs of it (public report: LangChain's
/// langsmith-data-migration-tool looks for `errors` in the answer). Their form is not described.
#[derive(Deserialize)]
struct Taken {
    #[serde(default)]
    errors: Value,
}

impl<'r> NewRunExtra<'r> {
    /// That the run answers its example as it was at this time (ISO 8601).
    pub const fn of_example(example_version: &'r str) -> Self {
        Self { metadata: Metadata { example_version } }
    }
}

impl Caller<'_> {
    /// Records one run.
    pub async fn record_run(&self, run: &NewRun<'_>) -> Result<Stored, UpstreamError> {
        self.store("/api/v1/runs", run).await?.try_map(|_| Ok(()))
    }

    /// Records runs. The errors that LangSmith reports although it accepts the batch come with it, in a few words: it is not
    /// known then which of the runs it has.
    pub async fn record_runs(&self, runs: &[NewRun<'_>]) -> Result<Stored<Option<String>>, UpstreamError> {
        let batch = Batch { post: runs };
        self.store("/api/v1/runs/batch", &batch).await?.try_map(|answer| Ok(reported(&answer)))
    }
}

/// The errors in an answer, if there are any.
fn reported(answer: &[u8]) -> Option<String> {
    let errors = serde_json::from_slice::<Taken>(answer).ok()?.errors;
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
