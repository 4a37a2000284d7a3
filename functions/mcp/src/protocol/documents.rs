//! The answers that are the same for everybody, rendered once at start.

use rmcp::model::Tool;
use serde_json::{Value, json};

use super::version;

/// A test follows these words to the letter: `ARGUMENT=next_…` is how to go on, any other `ARGUMENT=VALUE` what to pass.
const INSTRUCTIONS: &str = "LangSmith: reads traces, threads, prompts, datasets, examples, experiments and billing of a \
workspace, and writes prompts, datasets, examples and experiments.

Traces: list_projects knows the project_name that fetch_runs needs. Call fetch_runs with limit=100 and detail=summary, \
which saves most of the tokens, and narrow it with start_time, error, is_root or filter; then read single runs by run_ids \
with detail=full, or only some members with select. While an answer has next_cursor there are more runs: repeat the call \
with cursor=next_cursor; page_number never leads further than the first `limit` runs. A conversation: get_thread_history.

Lists (list_projects, list_prompts, list_datasets, list_examples, list_experiments): while an answer has next_offset \
there is more: repeat the call with offset=next_offset. total_count, where present, counts all. fetch_runs reads the runs \
of an experiment, too.

Writing: push_prompt, create_dataset, update_examples and run_experiment explain themselves when called without arguments, \
and may be repeated after a lost answer. A text with the mark `… (+N chars)` was cut for preview: read it whole \
before you write it; a write refuses the mark.

Usage: get_billing_usage. workspace_id works in another workspace that the login covers. A failed call says in `kind` what \
went wrong and in `retryable` whether trying again can help.";

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
