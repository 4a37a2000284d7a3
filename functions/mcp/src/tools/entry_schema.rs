//! Schemas of what is handed over to be stored. They leave unsaid what goes without saying: every client reads them all.

use serde_json::{Value, json};

use super::schema::Parameter;

/// Any JSON object.
pub(crate) fn free(description: &str) -> Value {
    json!({ "type": "object", "description": description })
}

/// A list of at most `most` objects with these members.
pub(crate) fn entries(description: &str, most: usize, members: Vec<Parameter>) -> Value {
    let properties: serde_json::Map<_, _> =
        members.into_iter().map(|(name, schema)| (name.to_owned(), schema)).collect();
    let items = json!({ "type": "object", "properties": properties });
    json!({ "type": "array", "description": description, "maxItems": most, "items": items })
}
