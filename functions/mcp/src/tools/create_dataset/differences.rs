//! A dataset that was there before is added to only if it is what the call describes. Nothing about it is changed.

use serde_json::Value;
use serde_json::value::RawValue;
use shared::langsmith::StoredDataset;

use super::request::Contents;
use crate::tools::{ToolError, named};

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

/// Whether two pieces of JSON mean something different. What cannot be compared, such as half a surrogate pair, is taken
/// for the same: LangSmith keeps it in a form of its own.
fn is_another(given: Option<&RawValue>, stored: Option<&RawValue>) -> bool {
    let Some(given) = given else { return false };
    let read = |json: &str| serde_json::from_str::<Value>(json).ok();
    match (read(given.get()), read(stored.map_or("null", RawValue::get))) {
        (Some(given), Some(stored)) => given != stored,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn another(given: &str, stored: &str) -> bool {
        let raw = |json: &str| serde_json::from_str::<Box<RawValue>>(json).unwrap();
        is_another(Some(&raw(given)), Some(&raw(stored)))
    }

    #[test]
    fn schemas_are_compared_by_meaning() {
        assert!(!another(r#"{"a": 1, "b": [2]}"#, r#"{"b":[2],"a":1}"#));
        assert!(another(r#"{"a":1}"#, r#"{"a":2}"#) && another(r#"{"a":1}"#, "null"));
        assert!(!is_another(None, None) && !another(r#"{"a":"\ud800"}"#, r#"{"a":"?"}"#));
    }
}
