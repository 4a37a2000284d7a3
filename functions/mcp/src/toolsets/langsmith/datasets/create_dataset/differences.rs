//! A dataset that was there before is added to only if it is what the call describes. Nothing about it is changed.

use shared::langsmith::StoredDataset;

use super::request::Contents;
use crate::json::same::{is_another, lacks};
use crate::toolset::{ToolError, named};

/// Refuses a dataset that is something else than was asked for. What was not mentioned may be anything.
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
        named(name),
        stored.id,
        found.join(", ")
    )))
}
