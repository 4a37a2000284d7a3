//! A list of tools in the wire format (LangSmith's `ListMcpToolsResponse`, and what this server adds).

use serde::Serialize;
use serde_json::value::RawValue;
use shared::servers::ServedTools;
use shared::web::time::to_seconds;

/// The answer.
#[derive(Serialize)]
pub(crate) struct ToolsView<'t> {
    tools: Vec<&'t RawValue>,
    cached: bool,
    fetched_at: String,
    /// Only if the server could not be asked for newer ones.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    stale: bool,
}

impl<'t> ToolsView<'t> {
    pub(crate) fn of(served: &'t ServedTools) -> Self {
        Self {
            tools: served.list.tools.iter().map(|tool| tool.json.as_ref()).collect(),
            cached: served.cached,
            fetched_at: to_seconds(served.fetched_at),
            stale: served.stale,
        }
    }
}
