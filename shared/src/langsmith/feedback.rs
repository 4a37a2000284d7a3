//! Scores on runs: `POST /api/v1/feedback`.

use http::Method;
use serde::Serialize;
use serde_json::value::RawValue;
use uuid::Uuid;

use super::example_writes::{Stored, stored};
use super::{Caller, UpstreamError};

/// A score on the root run of a trace.
#[derive(Clone, Copy, Debug)]
pub struct NewFeedback<'f> {
    /// Chosen by us.
    pub id: Uuid,
    /// What it is about.
    pub run: Uuid,
    /// The project of the run.
    pub project: Uuid,
    /// What is scored.
    pub key: &'f str,
    /// A number or a boolean.
    pub score: Option<&'f RawValue>,
    /// Anything else: a text, an object.
    pub value: Option<&'f RawValue>,
    /// Free text.
    pub comment: Option<&'f str>,
}

#[derive(Serialize)]
struct Body<'f> {
    id: Uuid,
    run_id: Uuid,
    trace_id: Uuid,
    session_id: Uuid,
    key: &'f str,
    #[serde(skip_serializing_if = "Option::is_none")]
    score: Option<&'f RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<&'f RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<&'f str>,
    feedback_source: Source,
}

#[derive(Serialize)]
struct Source {
    r#type: &'static str,
}

impl Caller<'_> {
    /// Records a score. One with the same id is replaced.
    pub async fn record_feedback(&self, feedback: &NewFeedback<'_>) -> Result<Stored, UpstreamError> {
        let body = Body {
            id: feedback.id,
            run_id: feedback.run,
            trace_id: feedback.run,
            session_id: feedback.project,
            key: feedback.key,
            score: feedback.score,
            value: feedback.value,
            comment: feedback.comment,
            feedback_source: Source { r#type: "api" },
        };
        stored(self.write(&Method::POST, "/api/v1/feedback", &body).await)
    }
}
