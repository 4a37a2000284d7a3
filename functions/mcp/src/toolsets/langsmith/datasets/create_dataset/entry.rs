//! An example of a new dataset.

use serde_json::value::RawValue;

/// An example to be added.
pub(crate) struct Entry {
    pub(super) inputs: Box<RawValue>,
    pub(super) outputs: Option<Box<RawValue>>,
    pub(super) metadata: Option<Box<RawValue>>,
    pub(super) split: Option<Vec<String>>,
}
