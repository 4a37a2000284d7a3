//! The answers that are the same for everybody, rendered once at start, and their subsets for requests that select
//! tools.

use std::time::Duration;

use serde_json::value::RawValue;
use serde_json::{Value, json};
use shared::mcp::selection::ToolSelection;

use super::{Era, instructions, reply, version};
use crate::toolset::{Subject, TASKS_EXTENSION, Toolsets};

/// How long a client may cache these answers. They change only when a new version is deployed.
pub(crate) const TTL: Duration = Duration::from_mins(5);

/// The key in the `_meta` of a list under which it tells which tools are missing.
const MISSING: &str = "langsmith-remote-mcp/missing";

/// Results, as JSON text.
#[derive(Debug)]
pub(crate) struct Documents {
    /// `server/discover`.
    pub(super) discover: String,
    /// `tools/list` of the modern era.
    pub(super) modern_tools: String,
    /// `tools/list` of the legacy era.
    pub(super) legacy_tools: String,
    /// `_meta` of every modern result, without the closing brace of the result around it.
    pub(crate) modern_meta: String,
    subject: Subject,
    /// Whether named sets offer further tools.
    pub(super) has_named_sets: bool,
    /// Whether calls of named sets' tools may become tasks.
    has_tasks: bool,
    /// Every tool by itself, for the lists of a selection.
    tools: Vec<Described>,
}

/// A page of `tools/list`.
#[derive(Debug)]
pub(crate) struct ToolList {
    /// A JSON array.
    pub(crate) tools: String,
    pub(crate) next: Option<String>,
    pub(crate) ttl: Duration,
    /// The sets whose tools are missing: `server`, `reason`, `url`.
    pub(crate) missing: Vec<Value>,
}

/// The name of a tool and its entry in the lists.
#[derive(Debug)]
struct Described {
    name: String,
    json: String,
}

impl Documents {
    pub(crate) fn new(subject: Subject, toolsets: &Toolsets) -> Self {
        let tools = toolsets.descriptors();
        let tools: Vec<Described> = tools
            .iter()
            .map(|tool| Described { name: tool.name.to_string(), json: json!(tool).to_string() })
            .collect();
        let has_tasks = toolsets.tasks().is_some();
        let modern_meta = json!({ "io.modelcontextprotocol/serverInfo": server_info(&subject) }).to_string();
        Self {
            discover: discover(&instructions::of(&subject), TTL, (&modern_meta, has_tasks)),
            modern_tools: modern_list(&array(&tools, |_| true), TTL, &modern_meta),
            legacy_tools: legacy_list(&array(&tools, |_| true)),
            modern_meta,
            subject,
            has_named_sets: !toolsets.named_sets().is_empty(),
            has_tasks,
            tools,
        }
    }

    /// Whether calls may become tasks. A selection without the tools has no tasks: cancelling one is a write.
    pub(super) fn has_tasks(&self, selection: Option<&ToolSelection>) -> bool {
        self.has_tasks && selection.is_none_or(ToolSelection::allows_sets)
    }

    /// The answer to a method of tasks: the result begins with `members`.
    pub(crate) fn task_result(&self, id: &RawValue, members: &[u8]) -> Vec<u8> {
        reply::result(id, members.len() + self.modern_meta.len() + 64, |body| {
            body.extend_from_slice(members);
            body.extend_from_slice(br#""resultType":"complete","_meta":"#);
            body.extend_from_slice(self.modern_meta.as_bytes());
            body.push(b'}');
        })
    }

    pub(super) fn selected_discover(&self, selection: &ToolSelection) -> String {
        discover(
            &self.instructions(selection),
            ttl(selection),
            (&self.modern_meta, self.has_tasks(Some(selection))),
        )
    }

    pub(super) fn selected_tools(&self, era: Era, selection: &ToolSelection) -> String {
        let tools = array(&self.tools, |tool| selection.allows(tool));
        match era {
            Era::Modern => modern_list(&tools, ttl(selection), &self.modern_meta),
            Era::Legacy => legacy_list(&tools),
        }
    }

    /// Appends the fixed tools of a selection to an open JSON array and returns their number.
    pub(crate) fn add_fixed(&self, selection: &ToolSelection, array: &mut String) -> usize {
        let mut count = 0;
        for tool in self.tools.iter().filter(|tool| selection.allows(&tool.name)) {
            if count > 0 {
                array.push(',');
            }
            array.push_str(&tool.json);
            count += 1;
        }
        count
    }

    /// `tools/list` with tools of named sets. In the legacy era, it has no TTL, and a `_meta` only where tools are
    /// missing.
    pub(crate) fn tool_list(&self, era: Era, list: &ToolList) -> String {
        let next =
            list.next.as_ref().map_or_else(String::new, |next| format!(r#","nextCursor":{}"#, json!(next)));
        let missing = format!(r#""{MISSING}":{}"#, json!(list.missing));
        let tools = format!("{}{next}", list.tools);
        match (era, list.missing.is_empty()) {
            (Era::Modern, true) => modern_list(&tools, list.ttl, &self.modern_meta),
            (Era::Modern, false) => {
                let meta = self.modern_meta.strip_suffix('}').unwrap_or_default();
                modern_list(&tools, list.ttl, &format!("{meta},{missing}}}"))
            }
            (Era::Legacy, true) => legacy_list(&tools),
            (Era::Legacy, false) => legacy_list(&format!(r#"{tools},"_meta":{{{missing}}}"#)),
        }
    }

    pub(super) fn initialize(&self, requested: Option<&str>, selection: Option<&ToolSelection>) -> Value {
        let version =
            requested.filter(|version| version::is_legacy(version)).unwrap_or(version::NEWEST_LEGACY);
        let instructions = match selection {
            Some(selection) => self.instructions(selection).into(),
            None => instructions::of(&self.subject),
        };
        json!({
            "protocolVersion": version,
            "capabilities": capabilities(),
            "serverInfo": server_info(&self.subject),
            "instructions": instructions,
        })
    }

    /// Those of a selection. Tools of named sets are switched off and on together, which a list shows.
    fn instructions(&self, selection: &ToolSelection) -> String {
        if self.subject != Subject::LangSmith {
            return instructions::of(&self.subject).into_owned();
        }
        let all: Vec<&str> = self.tools.iter().map(|tool| tool.name.as_str()).collect();
        let on: Vec<&str> = all.iter().copied().filter(|tool| selection.allows(tool)).collect();
        instructions::for_selected(&all, &on)
    }
}

/// Clients cache an answer by URL and credential. An answer that depends on a header must not be cached: the same
/// client may request the same URL with another header.
fn ttl(selection: &ToolSelection) -> Duration {
    if selection.by_headers() { Duration::ZERO } else { TTL }
}

fn discover(instructions: &str, ttl: Duration, (meta, has_tasks): (&str, bool)) -> String {
    let ttl = ttl.as_millis();
    let (versions, mut capabilities) = (json!(version::ALL), capabilities());
    if let (true, Some(members)) = (has_tasks, capabilities.as_object_mut()) {
        members.insert("extensions".to_owned(), json!({TASKS_EXTENSION: {}}));
    }
    let instructions = json!(instructions);
    format!(
        r#"{{"resultType":"complete","supportedVersions":{versions},"capabilities":{capabilities},"instructions":{instructions},"ttlMs":{ttl},"cacheScope":"private","_meta":{meta}}}"#
    )
}

/// `tools` is a JSON array, possibly followed by further members.
fn modern_list(tools: &str, ttl: Duration, meta: &str) -> String {
    let ttl = ttl.as_millis();
    format!(
        r#"{{"resultType":"complete","tools":{tools},"ttlMs":{ttl},"cacheScope":"private","_meta":{meta}}}"#
    )
}

fn legacy_list(tools: &str) -> String {
    format!(r#"{{"tools":{tools}}}"#)
}

fn array(tools: &[Described], is_on: impl Fn(&str) -> bool) -> String {
    let on = tools.iter().filter(|tool| is_on(&tool.name)).map(|tool| tool.json.as_str());
    format!("[{}]", on.collect::<Vec<_>>().join(","))
}

/// Declares only what we answer: a client must not be led to lists that do not exist.
fn capabilities() -> Value {
    json!({ "tools": {} })
}

fn server_info(subject: &Subject) -> Value {
    json!({ "name": "langsmith-remote-mcp", "title": subject.title(), "version": env!("CARGO_PKG_VERSION") })
}
