//! The answers that are the same for everybody, rendered once at start.

use rmcp::model::Tool;
use serde_json::{Value, json};

use super::version;

const INSTRUCTIONS: &str = "Reads a LangSmith workspace. Start with list_projects to learn project names, then read traces \
with fetch_runs: it returns one page at a time, so repeat the call with the next page_number until total_pages. \
list_prompts shows the workspace's prompts. Every tool takes an optional workspace_id when access covers several \
workspaces. Failed calls say in `kind` what went wrong and in `retryable` whether trying again can help.";

/// How long a client may keep these answers, in milliseconds. They change only when a new version is deployed.
const TTL_MS: u32 = 300_000;

/// Results, as JSON text.
#[derive(Debug)]
pub(crate) struct Documents {
    /// `server/discover`.
    pub(crate) discover: String,
    /// `tools/list` of the modern era.
    pub(crate) modern_tools: String,
    /// `tools/list` of the legacy era.
    pub(crate) legacy_tools: String,
    /// `_meta` of every modern result, without the final brace of the result around it.
    pub(crate) modern_meta: String,
}

impl Documents {
    pub(crate) fn new(tools: &[&Tool]) -> Self {
        let meta = json!({ "io.modelcontextprotocol/serverInfo": server_info() });
        let discover = json!({
            "resultType": "complete",
            "supportedVersions": version::ALL,
            "capabilities": capabilities(),
            "instructions": INSTRUCTIONS,
            "ttlMs": TTL_MS,
            "cacheScope": "private",
            "_meta": meta,
        });
        let modern_tools = json!({
            "resultType": "complete", "tools": tools, "ttlMs": TTL_MS, "cacheScope": "private", "_meta": meta,
        });
        Self {
            discover: discover.to_string(),
            modern_tools: modern_tools.to_string(),
            legacy_tools: json!({ "tools": tools }).to_string(),
            modern_meta: meta.to_string(),
        }
    }

    /// `initialize`, answered with a revision that has a handshake.
    pub(crate) fn initialize(requested: Option<&str>) -> Value {
        let version =
            requested.filter(|version| version::is_legacy(version)).unwrap_or(version::NEWEST_LEGACY);
        json!({
            "protocolVersion": version,
            "capabilities": capabilities(),
            "serverInfo": server_info(),
            "instructions": INSTRUCTIONS,
        })
    }
}

/// Only what is answered is declared: a client must not be led to lists that do not exist.
fn capabilities() -> Value {
    json!({ "tools": {} })
}

fn server_info() -> Value {
    json!({ "name": "langsmith-remote-mcp", "title": "LangSmith", "version": env!("CARGO_PKG_VERSION") })
}
