//! Examples are added to an existing dataset only if it matches the description in the call. The dataset itself is
//! never changed.

use langsmith::StoredDataset;

use super::request::Contents;
use crate::json::same::{is_another, lacks};
use crate::toolset::{ToolError, shorten_name};

/// Refuses a dataset that differs from the requested one. Properties absent from the call may have any value.
pub(super) fn check((name, contents): (&str, &Contents), stored: &StoredDataset) -> Result<(), ToolError> {
    let differs = |given: Option<&str>, stored: Option<&String>| {
        given.is_some_and(|given| stored.is_none_or(|stored| given != stored))
    };
    let found: Vec<&str> = [
        ("description", differs(contents.description.as_deref(), stored.description.as_ref())),
        ("data_type", differs(contents.data_type, stored.data_type.as_ref())),
        (
            "inputs_schema",
            is_another(contents.inputs_schema.as_deref(), stored.inputs_schema_definition.as_deref()),
        ),
        (
            "outputs_schema",
            is_another(contents.outputs_schema.as_deref(), stored.outputs_schema_definition.as_deref()),
        ),
        ("metadata", lacks(stored.metadata.as_deref(), contents.metadata.as_deref())),
    ]
    .into_iter()
    .filter_map(|(name, differs)| differs.then_some(name))
    .collect();
    if found.is_empty() {
        return Ok(());
    }
    Err(ToolError::invalid(format!(
        "A dataset named {} exists already ({}) with another {}. It was left as it is: choose another dataset_name, or leave \
out what differs to add examples to it.",
        shorten_name(name),
        stored.id,
        found.join(", ")
    )))
}
