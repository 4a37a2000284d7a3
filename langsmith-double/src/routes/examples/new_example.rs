//! A new example in the bodies of `POST /examples`, `/examples/bulk` and the multipart upload. Description:
//! `use_source_run_io` copies the inputs, outputs and files of its run.

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::attachment::Attachment;
use crate::data::sample_id;
use crate::datasets::{Json, Splits, StoredDataset, StoredExample, Version, misfit};
use crate::json::{refused, time_of};
use crate::projects::Ledger;
use crate::reply::ApiError;

/// `ExampleBulkCreate`.
#[derive(Default, Deserialize)]
pub(in crate::routes) struct NewExample {
    pub(in crate::routes) dataset_id: Option<Uuid>,
    pub(in crate::routes) id: Option<Uuid>,
    pub(in crate::routes) inputs: Option<Json>,
    pub(in crate::routes) outputs: Option<Json>,
    pub(in crate::routes) metadata: Option<Map<String, Value>>,
    pub(in crate::routes) split: Option<Splits>,
    pub(in crate::routes) source_run_id: Option<Uuid>,
    pub(in crate::routes) created_at: Option<String>,
    #[serde(default)]
    pub(in crate::routes) use_source_run_io: Option<bool>,
    #[serde(default)]
    pub(in crate::routes) use_source_run_attachments: Option<Vec<String>>,
    #[serde(skip)]
    pub(in crate::routes) attachments: Vec<Attachment>,
}

impl NewExample {
    /// Copies the requested inputs, outputs and files from the source run.
    pub(in crate::routes) fn fill(&mut self, ledger: &Ledger, workspace: Uuid) -> Result<(), ApiError> {
        let everything = self.use_source_run_io.unwrap_or(false);
        let wanted = self.use_source_run_attachments.take().unwrap_or_default();
        if !everything && wanted.is_empty() {
            return Ok(());
        }
        let id = self.source_run_id.ok_or_else(|| refused("source_run_id", "Field required"))?;
        let (_, run) = ledger.run(workspace, id)?;
        if everything {
            let column = |name| serde_json::from_str::<Option<Json>>(run.column(name)).ok().flatten();
            self.inputs = self.inputs.take().or_else(|| column("inputs"));
            self.outputs = self.outputs.take().or_else(|| column("outputs"));
        }
        let files = ledger.attachments(id).iter().filter(|file| everything || wanted.contains(&file.name));
        self.attachments.extend(files.cloned());
        Ok(())
    }

    /// The example to store; `position` tells apart the examples created at the moment `at`.
    pub(in crate::routes) fn stored(
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
        let version = Version { at, inputs, outputs: self.outputs, metadata, attachments: self.attachments };
        Ok(StoredExample {
            id: self.id.unwrap_or_else(|| sample_id(&format!("example:{}:{position}:{at}", dataset.id))),
            dataset: dataset.id,
            created,
            source_run: self.source_run_id,
            versions: vec![version],
            deleted: None,
        })
    }
}

/// Refuses inputs or outputs that are no JSON object or violate the schema of their dataset.
pub(in crate::routes) fn checked(
    field: &str,
    json: Option<&RawValue>,
    schema: &Value,
) -> Result<(), ApiError> {
    let Some(json) = json else { return Ok(()) };
    if !json.get().starts_with('{') {
        return Err(refused(field, "Input should be a valid dictionary"));
    }
    match misfit(json, schema) {
        None => Ok(()),
        Some(reason) => Err(refused(field, &format!("does not fit the dataset's schema: {reason}"))),
    }
}
