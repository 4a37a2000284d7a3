//! Scores on runs: `POST` and `GET /api/v1/feedback`.

use bytes::Bytes;
use http::Method;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::{UpstreamError, WorkspaceClient};

/// A score on the root run of a trace.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct NewFeedback<'f> {
    /// An id of our choice.
    pub id: Uuid,
    /// The scored run.
    pub run_id: Uuid,
    /// The same id: the run is the root of its trace.
    pub trace_id: Uuid,
    /// The project of the run.
    pub session_id: Uuid,
    /// The feedback key: the name of the criterion.
    pub key: &'f str,
    /// A number or a boolean.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub score: Option<&'f RawValue>,
    /// Any other value: a text, an object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<&'f RawValue>,
    /// Free text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<&'f str>,
}

#[derive(Serialize)]
struct Body<'f> {
    #[serde(flatten)]
    feedback: &'f NewFeedback<'f>,
    feedback_source: Source,
}

#[derive(Serialize)]
struct Source {
    r#type: &'static str,
}

/// A stored score. Its values are LangSmith's JSON, unchanged; `None` if absent or null.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct Feedback<'a> {
    /// Its id.
    pub id: Uuid,
    /// A number or a boolean.
    #[serde(borrow, default)]
    pub score: Option<&'a RawValue>,
    /// Any other value.
    #[serde(borrow, default)]
    pub value: Option<&'a RawValue>,
    /// Free text.
    #[serde(borrow, default)]
    pub comment: Option<&'a RawValue>,
}

/// A page of scores.
#[derive(Clone, Debug)]
pub struct FeedbackPage(Bytes);

impl FeedbackPage {
    /// Splits the page. Fails with [`UpstreamError::Malformed`] if it does not conform to the API.
    pub fn split(&self) -> Result<Vec<Feedback<'_>>, UpstreamError> {
        serde_json::from_slice(&self.0).map_err(|_| UpstreamError::Malformed)
    }
}

/// The page size of a score listing.
pub const FEEDBACK_PAGE: usize = 100;

const PATH: &str = "/api/v1/feedback";

impl WorkspaceClient<'_> {
    /// Records a score. An existing one with the same id is replaced.
    pub async fn record_feedback(&self, feedback: &NewFeedback<'_>) -> Result<(), UpstreamError> {
        let body = Body { feedback, feedback_source: Source { r#type: "api" } };
        self.write(&Method::POST, PATH, &body).await.map(drop)
    }

    /// The scores of these runs: a page of at most [`FEEDBACK_PAGE`], starting at `offset`.
    pub async fn feedback(&self, runs: &[Uuid], offset: usize) -> Result<FeedbackPage, UpstreamError> {
        let (limit, offset) = (FEEDBACK_PAGE.to_string(), offset.to_string());
        let runs: Vec<String> = runs.iter().map(Uuid::to_string).collect();
        let mut query = vec![("limit", limit.as_str()), ("offset", offset.as_str())];
        query.extend(runs.iter().map(|run| ("run", run.as_str())));
        self.get_bytes(PATH, &query).await.map(FeedbackPage)
    }
}
