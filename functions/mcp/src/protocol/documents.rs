//! The answers that are the same for everybody, rendered once at start; and what is left of them where a request selects
//! tools.

use rmcp::model::Tool;
use serde_json::{Value, json};
use shared::web::tool_selection::ToolSelection;

use super::instructions::{self, INSTRUCTIONS};
use super::version;

/// How long a client may keep these answers, in milliseconds. They change only when a new version is deployed.
const TTL_MS: u32 = 300_000;

/// Results, as JSON text.
#[derive(Debug)]
pub(crate) struct Documents {
    /// `server/discover`.
    pub(super) discover: String,
    /// `tools/list` of the modern era.
    pub(super) modern_tools: String,
    /// `tools/list` of the legacy era.
    pub(super) legacy_tools: String,
    /// `_meta` of every modern result, without the final brace of the result around it.
    pub(crate) modern_meta: String,
    /// Every tool on its own, for the lists that a selection leaves.
    tools: Vec<Described>,
}

/// A tool's name and what the lists say about it.
#[derive(Debug)]
struct Described {
    name: String,
    json: String,
}

impl Documents {
    pub(crate) fn new(tools: &[&Tool]) -> Self {
        let tools: Vec<Described> = tools
            .iter()
            .map(|tool| Described { name: tool.name.to_string(), json: json!(tool).to_string() })
            .collect();
        let modern_meta = json!({ "io.modelcontextprotocol/serverInfo": server_info() }).to_string();
        Self {
            discover: discover(INSTRUCTIONS, TTL_MS, &modern_meta),
            modern_tools: modern_list(&tools, |_| true, TTL_MS, &modern_meta),
            legacy_tools: legacy_list(&tools, |_| true),
            modern_meta,
            tools,
        }
    }

    pub(super) fn selected_discover(&self, selection: &ToolSelection) -> String {
        discover(&self.instructions(selection), ttl(selection), &self.modern_meta)
    }

    pub(super) fn selected_modern_tools(&self, selection: &ToolSelection) -> String {
        modern_list(&self.tools, |tool| selection.allows(tool), ttl(selection), &self.modern_meta)
    }

    pub(super) fn selected_legacy_tools(&self, selection: &ToolSelection) -> String {
        legacy_list(&self.tools, |tool| selection.allows(tool))
    }

    pub(super) fn initialize(&self, requested: Option<&str>, selection: Option<&ToolSelection>) -> Value {
        let version =
            requested.filter(|version| version::is_legacy(version)).unwrap_or(version::NEWEST_LEGACY);
        let instructions = selection.map(|selection| self.instructions(selection));
        json!({
            "protocolVersion": version,
            "capabilities": capabilities(),
            "serverInfo": server_info(),
            "instructions": instructions.as_deref().unwrap_or(INSTRUCTIONS),
        })
    }

    fn instructions(&self, selection: &ToolSelection) -> String {
        let all: Vec<&str> = self.tools.iter().map(|tool| tool.name.as_str()).collect();
        let on: Vec<&str> = all.iter().copied().filter(|tool| selection.allows(tool)).collect();
        instructions::for_selected(&all, &on)
    }
}

/// A client keeps an answer by the URL and the credential. What a header selects is not to be kept: the same client may
/// ask the same URL with another header.
fn ttl(selection: &ToolSelection) -> u32 {
    if selection.by_headers() { 0 } else { TTL_MS }
}

fn discover(instructions: &str, ttl: u32, meta: &str) -> String {
    let (versions, capabilities) = (json!(version::ALL), capabilities());
    let instructions = json!(instructions);
    format!(
        r#"{{"resultType":"complete","supportedVersions":{versions},"capabilities":{capabilities},"instructions":{instructions},"ttlMs":{ttl},"cacheScope":"private","_meta":{meta}}}"#
    )
}

fn modern_list(tools: &[Described], is_on: impl Fn(&str) -> bool, ttl: u32, meta: &str) -> String {
    let tools = array(tools, is_on);
    format!(
        r#"{{"resultType":"complete","tools":{tools},"ttlMs":{ttl},"cacheScope":"private","_meta":{meta}}}"#
    )
}

fn legacy_list(tools: &[Described], is_on: impl Fn(&str) -> bool) -> String {
    format!(r#"{{"tools":{}}}"#, array(tools, is_on))
}

fn array(tools: &[Described], is_on: impl Fn(&str) -> bool) -> String {
    let on = tools.iter().filter(|tool| is_on(&tool.name)).map(|tool| tool.json.as_str());
    format!("[{}]", on.collect::<Vec<_>>().join(","))
}

/// Only what is answered is declared: a client must not be led to lists that do not exist.
fn capabilities() -> Value {
    json!({ "tools": {} })
}

fn server_info() -> Value {
    json!({ "name": "langsmith-remote-mcp", "title": "LangSmith", "version": env!("CARGO_PKG_VERSION") })
}
