//! Creating a dataset: `POST /api/v1/datasets`.

use http::Method;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::workspace_client::parse;
use crate::{UpstreamError, WorkspaceClient};

/// The outcome of a creation under a unique name.
#[derive(Clone, Debug)]
pub enum Made<T> {
    /// The object was created.
    New(T),
    /// An object of this name existed already.
    Existing(T),
}

/// A dataset to be created.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct NewDataset<'d> {
    /// Unique in its workspace.
    pub name: &'d str,
    /// Free text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<&'d str>,
    /// `kv`, `llm` or `chat`; LangSmith takes `kv` when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data_type: Option<&'d str>,
    /// JSON Schema of the examples' inputs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inputs_schema_definition: Option<&'d RawValue>,
    /// JSON Schema of the examples' outputs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outputs_schema_definition: Option<&'d RawValue>,
    /// JSON object.
    #[serde(skip)]
    pub metadata: Option<&'d RawValue>,
}

/// A dataset as it is stored.
#[derive(Clone, Debug, Deserialize)]
pub struct StoredDataset {
    /// Its id.
    pub id: Uuid,
    /// Its workspace.
    pub tenant_id: Uuid,
    /// Free text.
    #[serde(default)]
    pub description: Option<String>,
    /// `kv`, `llm` or `chat`.
    #[serde(default)]
    pub data_type: Option<String>,
    /// JSON Schema of the examples' inputs.
    #[serde(default)]
    pub inputs_schema_definition: Option<Box<RawValue>>,
    /// JSON Schema of the examples' outputs.
    #[serde(default)]
    pub outputs_schema_definition: Option<Box<RawValue>>,
    /// JSON object.
    #[serde(default)]
    pub metadata: Option<Box<RawValue>>,
}

#[derive(Serialize)]
struct Body<'d> {
    id: Uuid,
    #[serde(flatten)]
    new: &'d NewDataset<'d>,
    #[serde(skip_serializing_if = "Option::is_none")]
    extra: Option<Extra<'d>>,
}

/// The `extra` member, where LangSmith looks for metadata.
#[derive(Serialize)]
pub(crate) struct Extra<'m> {
    pub(crate) metadata: &'m RawValue,
}

const PATH: &str = "/api/v1/datasets";

impl WorkspaceClient<'_> {
    /// Creates a dataset. If its name is taken, the result is the dataset of that name: created by an attempt whose
    /// answer was lost, which its id proves, or existing before.
    pub async fn create_dataset(&self, new: &NewDataset<'_>) -> Result<Made<StoredDataset>, UpstreamError> {
        let id = self.fresh_id();
        let body = Body { id, new, extra: new.metadata.map(|metadata| Extra { metadata }) };
        let conflict = match self.write(&Method::POST, PATH, &body).await {
            Ok(stored) => return parse(&stored).map(Made::New),
            Err(error @ UpstreamError::Rejected { status: 409, .. }) => error,
            Err(error) => return Err(error),
        };
        match self.stored_dataset(new.name).await? {
            Some(stored) if stored.id == id => Ok(Made::New(stored)),
            Some(stored) => Ok(Made::Existing(stored)),
            None => Err(conflict),
        }
    }

    /// The dataset with exactly this name.
    async fn stored_dataset(&self, name: &str) -> Result<Option<StoredDataset>, UpstreamError> {
        let found: Vec<StoredDataset> = self.get(PATH, &[("limit", "1"), ("name", name)]).await?;
        Ok(found.into_iter().next())
    }
}
