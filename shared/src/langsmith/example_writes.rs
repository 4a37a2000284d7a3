//! Adding and changing examples: `POST` and `PATCH /api/v1/examples/bulk`.

use http::Method;
use serde::Serialize;
use serde_json::value::RawValue;
use uuid::Uuid;

use super::{Caller, UpstreamError};

/// What a write that brings its own ids came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stored {
    /// All of it is there now.
    All,
    /// LangSmith refuses it because it has one of the ids already. The rest may or may not be there.
    Conflict {
        /// Whether an earlier attempt of the same request may have brought it, whose answer was lost.
        is_lost: bool,
    },
}

/// An example to be added.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct NewExample<'e> {
    /// Chosen by us.
    pub id: Uuid,
    /// Where it belongs.
    pub dataset_id: Uuid,
    /// JSON object.
    pub inputs: &'e RawValue,
    /// JSON object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outputs: Option<&'e RawValue>,
    /// JSON object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<&'e RawValue>,
    /// The splits that it is in; LangSmith takes `base` when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub split: Option<&'e [String]>,
}

/// A change of an example. What is absent stays.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct ExampleUpdate<'e> {
    /// Which one.
    pub id: Uuid,
    /// JSON object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inputs: Option<&'e RawValue>,
    /// JSON object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outputs: Option<&'e RawValue>,
    /// JSON object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<&'e RawValue>,
    /// The splits that it is in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub split: Option<&'e [String]>,
}

const PATH: &str = "/api/v1/examples/bulk";

impl Caller<'_> {
    /// Adds examples.
    pub async fn create_examples(&self, examples: &[NewExample<'_>]) -> Result<Stored, UpstreamError> {
        self.store(PATH, &examples).await
    }

    /// Changes examples. A second time has the same effect.
    pub async fn update_examples(&self, updates: &[ExampleUpdate<'_>]) -> Result<(), UpstreamError> {
        self.write(&Method::PATCH, PATH, &updates).await.map(drop)
    }
}
