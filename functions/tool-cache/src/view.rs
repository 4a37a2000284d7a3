//! A list of tools in the wire format (LangSmith's `ListMcpToolsResponse`, and what this server adds).

use std::collections::BTreeMap;

use primitives::clock::Timestamp;
use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use shared::servers::{ListedTool, ServedTools};
use shared::web::time::{to_microseconds, to_seconds};

/// The answer.
#[derive(Serialize)]
pub(crate) struct ToolsView<'t> {
    tools: Vec<ToolView<'t>>,
    cached: bool,
    fetched_at: String,
    /// Only if the server could not be asked for newer ones.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    stale: bool,
}

/// A tool: the members that its server sent, as they were, and `digest` and `changed_since` of ours.
struct ToolView<'t>(&'t ListedTool);

impl<'t> ToolsView<'t> {
    pub(crate) fn of(served: &'t ServedTools) -> Self {
        Self {
            tools: served.list.tools.iter().map(ToolView).collect(),
            cached: served.cached,
            fetched_at: to_seconds(served.fetched_at),
            stale: served.stale,
        }
    }
}

impl Serialize for ToolView<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let members: BTreeMap<&str, &RawValue> =
            serde_json::from_str(self.0.json.get()).map_err(serde::ser::Error::custom)?;
        let mut map = serializer.serialize_map(None)?;
        for (name, value) in members.iter().filter(|(name, _)| !matches!(**name, "digest" | "changed_since"))
        {
            map.serialize_entry(name, value)?;
        }
        map.serialize_entry("digest", &self.0.digest)?;
        if let Some(changed) = self.0.changed_at {
            map.serialize_entry("changed_since", &to_microseconds(Timestamp::from_millis(changed)))?;
        }
        map.end()
    }
}
