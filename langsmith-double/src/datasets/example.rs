//! One example: all its versions, and its wire form. Description: `Example`. Assumed: its name is `#` and the first
//! four digits of its id. Assumed: `modified_at` is the time of the version that is returned.

use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{Json, SPLITS};
use crate::attachment::{Attachment, links};
use crate::data::moment::zoned;

/// An example of a dataset.
#[derive(Debug, Clone)]
pub(crate) struct StoredExample {
    pub(crate) id: Uuid,
    pub(crate) dataset: Uuid,
    pub(crate) created: OffsetDateTime,
    pub(crate) source_run: Option<Uuid>,
    /// All versions, oldest first.
    pub(crate) versions: Vec<Version>,
    /// The time of its deletion from the newest state of its dataset.
    pub(crate) deleted: Option<OffsetDateTime>,
}

/// The content of an example from a moment on.
#[derive(Debug, Clone)]
pub(crate) struct Version {
    pub(crate) at: OffsetDateTime,
    /// A JSON object.
    pub(crate) inputs: Json,
    pub(crate) outputs: Option<Json>,
    pub(crate) metadata: Map<String, Value>,
    pub(crate) attachments: Vec<Attachment>,
}

/// The optional columns of an answer. The essential ones are always included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Columns {
    pub(crate) outputs: bool,
    pub(crate) metadata: bool,
    pub(crate) attachments: bool,
}

impl Columns {
    /// The columns of a single example.
    pub(crate) const ALL: Self = Self { outputs: true, metadata: true, attachments: true };
    /// The columns of a listing without `select`.
    pub(crate) const LISTED: Self = Self { attachments: false, ..Self::ALL };
}

#[derive(Serialize)]
struct Wire<'a> {
    id: Uuid,
    name: String,
    dataset_id: Uuid,
    created_at: String,
    modified_at: String,
    inputs: &'a RawValue,
    outputs: Option<&'a RawValue>,
    metadata: Option<&'a Map<String, Value>>,
    source_run_id: Option<Uuid>,
    source_session_id: Option<Uuid>,
    source_run_start_time: Option<String>,
    source_trace_id: Option<Uuid>,
    attachment_urls: Value,
}

impl StoredExample {
    /// The version at `moment`; `None` before the creation and after the deletion.
    pub(crate) fn at(&self, moment: OffsetDateTime) -> Option<&Version> {
        if self.deleted.is_some_and(|deleted| deleted <= moment) {
            return None;
        }
        self.versions.iter().rev().find(|version| version.at <= moment)
    }

    /// The newest version, unless the example is deleted.
    pub(crate) fn latest(&self) -> Option<&Version> {
        self.versions.last().filter(|_| self.deleted.is_none())
    }

    /// The times of its changes, including creation and deletion.
    pub(crate) fn moments(&self) -> impl Iterator<Item = OffsetDateTime> {
        self.versions.iter().map(|version| version.at).chain(self.deleted)
    }

    /// The example as JSON; `base` is the URL that serves attachments.
    pub(crate) fn wire(&self, version: &Version, columns: Columns, base: &str) -> String {
        let wire = Wire {
            id: self.id,
            name: format!("#{}", self.id.simple().to_string().get(..4).unwrap_or_default()),
            dataset_id: self.dataset,
            created_at: zoned(self.created),
            modified_at: zoned(version.at),
            inputs: &version.inputs,
            outputs: version.outputs.as_deref().filter(|_| columns.outputs),
            metadata: columns.metadata.then_some(&version.metadata),
            source_run_id: self.source_run,
            source_session_id: None,
            source_run_start_time: None,
            source_trace_id: None,
            attachment_urls: if columns.attachments {
                links(&version.attachments, ("example", self.id), base)
            } else {
                Value::Null
            },
        };
        serde_json::to_string(&wire).unwrap_or_default()
    }
}

impl Version {
    /// The splits of the example.
    pub(crate) fn splits(&self) -> impl Iterator<Item = &str> {
        let own = self.metadata.get(SPLITS).and_then(Value::as_array);
        own.into_iter().flatten().filter_map(Value::as_str)
    }

    /// Whether the example is in one of these splits.
    pub(crate) fn is_in(&self, splits: &[&str]) -> bool {
        self.splits().any(|split| splits.contains(&split))
    }

    /// Inputs and outputs in lower case, for full-text search.
    pub(crate) fn search_text(&self) -> String {
        format!("{}\n{}", self.inputs, self.outputs.as_deref().map_or("", RawValue::get)).to_lowercase()
    }
}
