//! One dataset and its wire form. Description: `Dataset` and `DataType`. Assumed: an unknown version tag is answered
//! 404.

use serde_json::{Value, json};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{AsOf, Tags};
use crate::data::World;
use crate::data::moment::zoned;
use crate::reply::ApiError;

/// The kinds of datasets.
pub(crate) const DATA_TYPES: [&str; 3] = ["kv", "llm", "chat"];

/// A dataset without its examples.
#[derive(Debug, Clone)]
pub(crate) struct StoredDataset {
    pub(crate) id: Uuid,
    pub(crate) workspace: Uuid,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) data_type: &'static str,
    pub(crate) inputs_schema: Value,
    pub(crate) outputs_schema: Value,
    pub(crate) transformations: Value,
    pub(crate) metadata: Value,
    pub(crate) externally_managed: bool,
    pub(crate) created: OffsetDateTime,
    /// The last write to the dataset or to one of its examples.
    pub(crate) modified: OffsetDateTime,
    pub(crate) tags: Tags,
}

/// Statistics of the experiments on a dataset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Experiments {
    pub(crate) count: usize,
    pub(crate) last: Option<OffsetDateTime>,
}

impl Experiments {
    /// The experiments on `dataset`.
    pub(crate) fn on(dataset: &StoredDataset, world: &World) -> Self {
        let started: Vec<OffsetDateTime> = world.projects.read(|ledger| {
            let sessions = ledger.sessions(dataset.workspace).iter();
            let experiments = sessions.filter(|session| session.reference_dataset == Some(dataset.id));
            experiments.map(|session| session.started).collect()
        });
        Self { count: started.len(), last: started.into_iter().max() }
    }
}

impl StoredDataset {
    /// The last moment of the state that `as_of` selects; an unknown tag is an error.
    pub(crate) fn resolve_as_of(&self, as_of: &AsOf) -> Result<OffsetDateTime, ApiError> {
        match as_of {
            AsOf::Latest => Ok(time::PrimitiveDateTime::MAX.assume_utc()),
            AsOf::At(at) => Ok(*at),
            AsOf::Tag(tag) => self.tags.get(tag).copied().ok_or(ApiError::NotFound("Dataset version")),
        }
    }

    /// The dataset as JSON.
    pub(crate) fn wire(&self, examples: usize, experiments: Experiments) -> Value {
        json!({
            "id": self.id,
            "tenant_id": self.workspace,
            "name": self.name,
            "description": self.description,
            "created_at": zoned(self.created),
            "modified_at": zoned(self.modified),
            "inputs_schema_definition": self.inputs_schema,
            "outputs_schema_definition": self.outputs_schema,
            "externally_managed": self.externally_managed,
            "transformations": self.transformations,
            "data_type": self.data_type,
            "example_count": examples,
            "session_count": experiments.count,
            "last_session_start_time": experiments.last.map(zoned),
            "metadata": self.metadata,
            "baseline_experiment_id": null,
        })
    }
}
