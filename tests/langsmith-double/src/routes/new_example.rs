//! The body of `POST /examples/bulk`.

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use time::OffsetDateTime;
use uuid::Uuid;

use super::json::{refused, time_of};
use crate::data::sample_id;
use crate::datasets::{Json, Splits, StoredDataset, StoredExample, Version, misfit};
use crate::reply::ApiError;

/// `ExampleBulkCreate`.
#[derive(Deserialize)]
pub(super) struct NewExample {
    pub(super) dataset_id: Uuid,
    id: Option<Uuid>,
    inputs: Option<Json>,
    outputs: Option<Json>,
    metadata: Option<Map<String, Value>>,
    split: Option<Splits>,
    source_run_id: Option<Uuid>,
    created_at: Option<String>,
}

impl NewExample {
    /// The example, the one at `position` of those that are created at the moment `at`.
    pub(super) fn stored(
        self,
        dataset: &StoredDataset,
        position: usize,
        at: OffsetDateTime,
    ) -> Result<StoredExample, ApiError> {
        let inputs = self.inputs.ok_or_else(|| refused("inputs", "Field required"))?;
        checked("inputs", Some(&inputs), &dataset.inputs_schema)?;
        checked("outputs", self.outputs.as_deref(), &dataset.outputs_schema)?;
        let created = match self.created_at.as_deref() {
            None => at,
            Some(text) => time_of("created_at", text)?,
        };
        let mut metadata = self.metadata.unwrap_or_default();
        match self.split {
            Some(split) => split.put(&mut metadata),
            None => Splits::One("base".to_owned()).put_if_absent(&mut metadata),
        }
        let version = Version { at, inputs, outputs: self.outputs, metadata, attachments: Vec::new() };
        Ok(StoredExample {
            id: self.id.unwrap_or_else(|| sample_id(&format!("example:{}:{position}:{at}", dataset.id))),
            dataset: dataset.id,
            created,
            source_run: self.source_run_id,
            versions: vec![version],
        })
    }
}

/// Refuses inputs or outputs that are no object, or that do not fit the schema of their dataset.
pub(super) fn checked(field: &str, json: Option<&RawValue>, schema: &Value) -> Result<(), ApiError> {
    let Some(json) = json else { return Ok(()) };
    if !json.get().starts_with('{') {
        return Err(refused(field, "Input should be a valid dictionary"));
    }
    match misfit(json, schema) {
        None => Ok(()),
        Some(reason) => Err(refused(field, &format!("does not fit the dataset's schema: {reason}"))),
    }
}
