//! A partial update of an example. Description: `ExampleUpdate` and `AttachmentsOperations`. Assumed: omitted fields
//! stay, and so do the splits where new metadata does not name them.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{Json, SPLITS, Splits, Version};
use crate::attachment::Attachment;

/// The body of a `PATCH`.
#[derive(Deserialize)]
pub(crate) struct ExampleUpdate {
    /// Set only when several examples are updated at once.
    pub(crate) id: Option<Uuid>,
    pub(crate) dataset_id: Option<Uuid>,
    pub(crate) inputs: Option<Json>,
    pub(crate) outputs: Option<Json>,
    pub(crate) metadata: Option<Map<String, Value>>,
    pub(crate) split: Option<Splits>,
    pub(crate) attachments_operations: Option<AttachmentsOperations>,
    #[serde(default)]
    pub(crate) overwrite: bool,
    /// Files to add; one with the same name is replaced.
    #[serde(skip)]
    pub(crate) attachments: Vec<Attachment>,
}

/// The changes to attachments: those neither retained nor renamed are removed.
#[derive(Deserialize)]
pub(crate) struct AttachmentsOperations {
    #[serde(default)]
    rename: BTreeMap<String, String>,
    #[serde(default)]
    retain: Vec<String>,
}

impl ExampleUpdate {
    /// The version after `current`.
    pub(crate) fn apply(self, current: &Version, at: OffsetDateTime) -> Version {
        let mut next = current.clone();
        next.at = at;
        if let Some(inputs) = self.inputs {
            next.inputs = inputs;
        }
        if let Some(outputs) = self.outputs {
            next.outputs = Some(outputs);
        }
        if let Some(mut metadata) = self.metadata {
            // The splits survive new metadata, although they are stored in it.
            if let (false, Some(splits)) = (metadata.contains_key(SPLITS), next.metadata.remove(SPLITS)) {
                metadata.insert(SPLITS.to_owned(), splits);
            }
            next.metadata = metadata;
        }
        if let Some(split) = self.split {
            split.put(&mut next.metadata);
        }
        if let Some(operations) = self.attachments_operations {
            operations.apply(&mut next);
        }
        for attachment in self.attachments {
            next.attachments.retain(|other| other.name != attachment.name);
            next.attachments.push(attachment);
        }
        next
    }
}

impl AttachmentsOperations {
    fn apply(&self, version: &mut Version) {
        version.attachments.retain_mut(|attachment| match self.rename.get(&attachment.name) {
            Some(name) => {
                attachment.name.clone_from(name);
                true
            }
            None => self.retain.contains(&attachment.name),
        });
    }
}
