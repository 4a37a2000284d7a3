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

/// Where the platform keeps the splits of an example.
pub(crate) const SPLITS: &str = "dataset_split";

/// Which state of a dataset is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum AsOf {
    Latest,
    At(OffsetDateTime),
    /// The moment that carries this tag.
    Tag(String),
}

impl AsOf {
    /// Reads `as_of`: a time, `latest`, or the tag of a version.
    pub(crate) fn parse(text: Option<&str>) -> Self {
        match text {
            None | Some("latest") => Self::Latest,
            Some(text) => {
                crate::data::moment::parse(text).map_or_else(|| Self::Tag(text.to_owned()), Self::At)
            }
        }
    }
}

/// One name, or several, as `split` has it.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(untagged)]
pub(crate) enum Splits {
    One(String),
    Several(Vec<String>),
}

impl Splits {
    /// The names.
    pub(crate) fn names(self) -> Vec<String> {
        match self {
            Self::One(name) => vec![name],
            Self::Several(names) => names,
        }
    }

    /// Writes the splits to where the platform keeps them.
    pub(crate) fn put(self, metadata: &mut Map<String, Value>) {
        metadata.insert(SPLITS.to_owned(), self.names().into());
    }

    /// The same, unless the metadata names splits itself.
    pub(crate) fn put_if_absent(self, metadata: &mut Map<String, Value>) {
        if !metadata.contains_key(SPLITS) {
            self.put(metadata);
        }
    }
}

/// The tags of a dataset's versions.
pub(crate) type Tags = BTreeMap<String, OffsetDateTime>;

/// Free-form JSON, kept as it came: it may nest deeper than a parser would follow, and hold half a surrogate pair.
pub(crate) type Json = Box<RawValue>;

/// JSON of the sample data.
pub(crate) fn json(value: &Value) -> Json {
    serde_json::value::to_raw_value(value).unwrap_or_default()
}
