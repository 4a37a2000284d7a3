//! Adding and changing examples: `POST` and `PATCH /api/v1/examples/bulk`.

use http::Method;
use serde::Serialize;
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::{Stored, UpstreamError, WorkspaceClient};

/// An example to be added.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct NewExample<'e> {
    /// An id of our choice.
    pub id: Uuid,
    /// The dataset that the example is added to.
    pub dataset_id: Uuid,
    /// JSON object; absent when LangSmith copies the inputs of the source run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inputs: Option<&'e RawValue>,
    /// JSON object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outputs: Option<&'e RawValue>,
    /// JSON object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<&'e RawValue>,
    /// The splits of the example; LangSmith uses `base` when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub split: Option<&'e [String]>,
    /// The run whose inputs and outputs LangSmith is to copy.
    #[serde(flatten)]
    pub source: Option<SourceRun>,
}

/// The run that an example is made from.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct SourceRun {
    source_run_id: Uuid,
    use_source_run_io: bool,
}

impl SourceRun {
    /// The run with this id, whose inputs and outputs are copied.
    pub const fn copied(id: Uuid) -> Self {
        Self { source_run_id: id, use_source_run_io: true }
    }
}

/// A change of an example. Absent fields stay unchanged.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct ExampleUpdate<'e> {
    /// The example to change.
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
    /// The splits of the example.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub split: Option<&'e [String]>,
}

const PATH: &str = "/api/v1/examples/bulk";

impl WorkspaceClient<'_> {
    /// Adds examples.
    pub async fn create_examples(&self, examples: &[NewExample<'_>]) -> Result<Stored, UpstreamError> {
        self.store(PATH, &examples).await?.try_map(|_| Ok(()))
    }

    /// Changes examples. Repeating the change has no further effect.
    pub async fn update_examples(&self, updates: &[ExampleUpdate<'_>]) -> Result<(), UpstreamError> {
        self.write(&Method::PATCH, PATH, &updates).await.map(drop)
    }
}
