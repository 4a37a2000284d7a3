//! Schemas of values for storage. They omit the obvious: every client reads them all.

use serde_json::{Value, json};

use super::tool_schema::Parameter;

/// A JSON object or a list of them, or the text of either.
pub(crate) fn object_or_list(description: &str) -> Value {
    let open = json!({ "type": "object", "additionalProperties": true });
    let list = json!({ "type": "array", "items": open });
    json!({ "anyOf": [open, list, { "type": "string" }], "description": description })
}

/// A list of at most `most` objects with these members. The limit is in the description: vendors refuse it as a
/// keyword.
pub(crate) fn entries(description: &str, most: usize, members: Vec<Parameter>) -> Value {
    let properties: serde_json::Map<_, _> =
        members.into_iter().map(|(name, schema)| (name.to_owned(), schema)).collect();
    let items = json!({ "type": "object", "properties": properties });
    json!({ "type": "array", "description": format!("{description} At most {most}."), "items": items })
}
