//! Datasets and their examples: the part of the sample data that requests change. SDK: the splits of an example are
//! `dataset_split` of its metadata (`update_dataset_splits`); `as_of` is a time or the tag of a version.

mod dataset;
mod example;
mod schema;
mod stock;
mod update;

pub(crate) use dataset::{DATA_TYPES, Experiments, StoredDataset};
pub(crate) use example::{Columns, StoredExample, Version};
pub(crate) use schema::misfit;
pub(crate) use stock::{Datasets, Stock};
pub(crate) use update::{AttachmentsOperations, ExampleUpdate};

use std::collections::BTreeMap;

use serde_json::value::RawValue;
use serde_json::{Map, Value};
use time::OffsetDateTime;

/// The metadata key of an example's splits on the platform.
pub(crate) const SPLITS: &str = "dataset_split";

/// The requested state of a dataset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum AsOf {
    Latest,
    At(OffsetDateTime),
    /// The moment with this tag.
    Tag(String),
}

impl AsOf {
    /// Parses `as_of`: a time, `latest`, or the tag of a version.
    pub(crate) fn parse(text: Option<&str>) -> Self {
        match text {
            None | Some("latest") => Self::Latest,
            Some(text) => {
                crate::data::moment::parse(text).map_or_else(|| Self::Tag(text.to_owned()), Self::At)
            }
        }
    }
}

/// The value of `split`: one name or several.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(untagged)]
pub(crate) enum Splits {
    One(String),
    Several(Vec<String>),
}

impl Splits {
    /// The names of the splits.
    pub(crate) fn names(self) -> Vec<String> {
        match self {
            Self::One(name) => vec![name],
            Self::Several(names) => names,
        }
    }

    /// Writes the splits into the metadata, where the platform keeps them.
    pub(crate) fn put(self, metadata: &mut Map<String, Value>) {
        metadata.insert(SPLITS.to_owned(), self.names().into());
    }

    /// Like [`put`](Self::put), unless the metadata already names splits.
    pub(crate) fn put_if_absent(self, metadata: &mut Map<String, Value>) {
        if !metadata.contains_key(SPLITS) {
            self.put(metadata);
        }
    }
}

/// The tags of a dataset's versions.
pub(crate) type Tags = BTreeMap<String, OffsetDateTime>;

/// Free-form JSON, kept verbatim: it may nest deeper than a parser can follow, and contain half a surrogate pair.
pub(crate) type Json = Box<RawValue>;

/// Free-form JSON from a value of the sample data.
pub(crate) fn json(value: &Value) -> Json {
    serde_json::value::to_raw_value(value).unwrap_or_default()
}
