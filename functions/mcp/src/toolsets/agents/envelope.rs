//! The result of an agent's tool: one object that fits every outcome, since a tool with an output schema must always
//! return what fits it (MCP 2026-07-28, Tools, "Output Schema").

use std::sync::{Arc, LazyLock};

use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

/// The result. Members that an outcome lacks are left out.
#[derive(Serialize)]
pub(super) struct Envelope<'a> {
    pub(super) status: Status,
    /// The agent's values.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) output: Option<&'a RawValue>,
}

#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Status {
    /// The agent has reached its end.
    Completed,
}

/// The schema of the result, the same for every agent: agents return more, and on the way to their end less, than their
/// own output schemas say.
pub(super) fn schema() -> &'static Arc<Map<String, Value>> {
    static SCHEMA: LazyLock<Arc<Map<String, Value>>> = LazyLock::new(|| {
        let schema = json!({
            "type": "object",
            "properties": {
                "status": {"enum": ["completed", "running", "input_required", "cancelled", "declined"]},
                "output": {"description": "The agent's values."},
            },
            "required": ["status"],
        });
        let Value::Object(members) = schema else { return Arc::default() };
        Arc::new(members)
    });
    &SCHEMA
}
