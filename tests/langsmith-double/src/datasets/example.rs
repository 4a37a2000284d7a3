//! One example: every version that it has had, and its wire form. Description: `Example`. Assumed: its name is `#` and the
//! first four digits of its id. Assumed: `modified_at` is the time of the version that is read.

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
    /// Oldest first.
    pub(crate) versions: Vec<Version>,
    /// From when on it is gone from the newest state of its dataset.
    pub(crate) deleted: Option<OffsetDateTime>,
}

/// What an example held from a moment on.
#[derive(Debug, Clone)]
pub(crate) struct Version {
    pub(crate) at: OffsetDateTime,
    /// A JSON object.
    pub(crate) inputs: Json,
    pub(crate) outputs: Option<Json>,
    pub(crate) metadata: Map<String, Value>,
    pub(crate) attachments: Vec<Attachment>,
}

/// The optional columns of an answer. What an example cannot be understood without is always part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Columns {
    pub(crate) outputs: bool,
    pub(crate) metadata: bool,
    pub(crate) attachments: bool,
}

impl Columns {
    /// What one example is answered with.
    pub(crate) const ALL: Self = Self { outputs: true, metadata: true, attachments: true };
    /// What a listing without `select` gets.
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
    /// What the example held at `moment`; nothing before it was created and after it was deleted.
    pub(crate) fn at(&self, moment: OffsetDateTime) -> Option<&Version> {
        if self.deleted.is_some_and(|deleted| deleted <= moment) {
            return None;
        }
        self.versions.iter().rev().find(|version| version.at <= moment)
    }

    /// What it holds now.
    pub(crate) fn latest(&self) -> Option<&Version> {
        self.versions.last().filter(|_| self.deleted.is_none())
    }

    /// When it changed, its beginning and its end among it.
    pub(crate) fn moments(&self) -> impl Iterator<Item = OffsetDateTime> {
        self.versions.iter().map(|version| version.at).chain(self.deleted)
    }

    /// The JSON object; `base` is where attachments are served.
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
    /// The splits that the example is in.
    pub(crate) fn splits(&self) -> impl Iterator<Item = &str> {
        let own = self.metadata.get(SPLITS).and_then(Value::as_array);
        own.into_iter().flatten().filter_map(Value::as_str)
    }

    /// Whether the example is in one of these splits.
    pub(crate) fn is_in(&self, splits: &[&str]) -> bool {
        self.splits().any(|split| splits.contains(&split))
    }

    /// Inputs and outputs in lower case, for full-text search.
    pub(crate) fn text(&self) -> String {
        format!("{}\n{}", self.inputs, self.outputs.as_deref().map_or("", RawValue::get)).to_lowercase()
    }
}
