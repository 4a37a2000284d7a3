//! A page of a set's tools, as the set describes them.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Value, json};

use super::{Descriptor, Prefix};

/// The longest tool name that clients accept (MCP 2025-11-25, Tools, "Tool Names"), in characters.
const MAX_NAME: usize = 128;

/// The maximum number of tools in a set's page, and the maximum size of their descriptions in bytes.
const MAX_TOOLS: usize = 1_000;
const MAX_BYTES: usize = 1_048_576;

/// The longest cursor of a set, in bytes.
const MAX_CURSOR: usize = 1_024;

/// Some tools of a set, and the cursor of the next page.
#[derive(Clone, Debug)]
pub struct ToolPage {
    tools: Vec<Listed>,
    next: Option<String>,
    ttl: Duration,
    /// The number of the set's tools missing from the page.
    left_out: usize,
    ends_early: bool,
    /// The parts of the set that are missing.
    missing: Vec<MissingPart>,
}

/// A part of a set that lacks tools on a page.
#[derive(Clone, Debug)]
pub(crate) struct MissingPart {
    /// Its name.
    pub(crate) server: String,
    /// The reason, worded for people.
    pub(crate) reason: String,
    /// The page where the person can do something about it.
    pub(crate) url: Option<String>,
}

/// Whether a page of so many tools, of this size in bytes, ends after the part that it has now.
pub(crate) const fn is_full(tools: usize, bytes: usize) -> bool {
    tools >= 100 || bytes >= 256 * 1024
}

/// A tool: its name, and the other members of its list entry as JSON.
#[derive(Clone, Debug)]
struct Listed {
    name: String,
    members: String,
}

impl ToolPage {
    /// A page of these tools, with their names within the set. A second tool of the same name is left out, and so is
    /// one with a name or schema that clients refuse: it would cost the whole list.
    ///
    /// `next` is the set's own cursor for the next page, and `ttl` how long the page may be cached. The limits are
    /// 1,000 tools and 1 MiB; the excess is left out, and the list says how many tools are missing. A cursor of more
    /// than 1,024 bytes ends the set's list, which then says so.
    pub fn new(tools: impl IntoIterator<Item = Descriptor>, next: Option<String>, ttl: Duration) -> Self {
        let (mut names, mut bytes, mut left_out) = (BTreeSet::new(), 0, 0);
        let mut listed: Vec<Listed> = Vec::new();
        for tool in tools {
            let has_room = listed.len() < MAX_TOOLS;
            let tool = Some(tool).filter(|_| has_room).and_then(|tool| Listed::of(&tool));
            match tool.filter(|tool| names.insert(tool.name.clone())) {
                Some(tool) if bytes + tool.members.len() <= MAX_BYTES => {
                    bytes += tool.members.len();
                    listed.push(tool);
                }
                _ => left_out += 1,
            }
        }
        let ends_early = next.as_ref().is_some_and(|next| next.len() > MAX_CURSOR);
        let next = next.filter(|_| !ends_early);
        Self { tools: listed, next, ttl, left_out, ends_early, missing: Vec::new() }
    }

    /// Adds a page of the part of the set with this prefix. The cursors of parts are left to the set.
    pub(crate) fn append(&mut self, part: &Prefix, page: Self) {
        if page.left_out > 0 {
            self.miss(part.as_str(), format!("{} of its tools cannot be listed.", page.left_out), None);
        }
        let prefixed = |tool: Listed| Listed { name: part.name(&tool.name), ..tool };
        self.tools.extend(page.tools.into_iter().map(prefixed));
        self.ttl = self.ttl.min(page.ttl);
    }

    /// The same page, which lacks so many more tools of the set.
    pub(crate) fn lacking(mut self, tools: usize) -> Self {
        self.left_out += tools;
        self
    }

    /// Says that tools of a part of the set are missing.
    pub(crate) fn miss(&mut self, server: &str, reason: String, url: Option<String>) {
        self.missing.push(MissingPart { server: server.to_owned(), reason, url });
    }

    /// The same page, followed by the one at `next`.
    pub(crate) fn followed_by(self, next: Option<String>) -> Self {
        Self { next, ..self }
    }

    /// The parts of the set that are missing.
    pub(crate) fn missing(&self) -> &[MissingPart] {
        &self.missing
    }

    /// The size of the tools' descriptions, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        self.tools.iter().map(|tool| tool.members.len()).sum()
    }

    pub(crate) fn len(&self) -> usize {
        self.tools.len()
    }

    pub(crate) fn next(&self) -> Option<&str> {
        self.next.as_deref()
    }

    pub(crate) fn ttl(&self) -> Duration {
        self.ttl
    }

    /// Whether further tools are missing, because the set's cursor is too long.
    pub(crate) fn ends_early(&self) -> bool {
        self.ends_early
    }

    /// Appends the tools to a JSON array that is still open, by the names that `listed` gives them. Returns the number of
    /// missing tools of the set: those with refused names or schemas, and those without room.
    pub(crate) fn write(&self, listed: impl Fn(&str) -> Option<String>, array: &mut String) -> usize {
        let mut left_out = self.left_out;
        for tool in &self.tools {
            let Some(name) = listed(&tool.name).filter(|name| name.len() <= MAX_NAME) else {
                left_out += 1;
                continue;
            };
            if !array.ends_with('[') {
                array.push(',');
            }
            // Its characters need no escaping.
            array.push_str("{\"name\":\"");
            array.push_str(&name);
            array.push('"');
            array.push_str(&tool.members);
        }
        left_out
    }
}

/// Whether clients accept this as the name of a tool.
pub(super) fn is_name(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    (1..=MAX_NAME).contains(&name.len()) && name.bytes().all(allowed)
}

impl Listed {
    fn of(tool: &Descriptor) -> Option<Self> {
        let name = tool.name.to_string();
        if !is_name(&name) {
            tracing::warn!("a tool is not listed: its name has characters that clients refuse");
            return None;
        }
        let Value::Object(mut members) = json!(tool) else { return None };
        members.remove("name");
        if !members.get_mut("inputSchema").is_some_and(is_of_object) {
            tracing::warn!(tool = name, "a tool is not listed: its arguments are no object");
            return None;
        }
        if members.get_mut("outputSchema").is_some_and(|schema| !is_of_object(schema)) {
            members.remove("outputSchema");
        }
        let json = Value::Object(members).to_string();
        let members =
            json.strip_prefix('{').map(|rest| format!("{}{rest}", if rest == "}" { "" } else { "," }))?;
        Some(Self { name, members })
    }
}

/// Whether a schema describes objects, as MCP requires; one without a type is given `object`. The official clients
/// refuse the whole list for a single tool with another type. They also refuse it for a property with a boolean schema,
/// which becomes the equivalent object (JSON Schema 2020-12, section 4.3.2).
fn is_of_object(schema: &mut Value) -> bool {
    let Value::Object(schema) = schema else { return false };
    let is_text = |name: &Value| name.is_string();
    schema.entry("type").or_insert_with(|| "object".into()) == "object"
        && schema
            .get("required")
            .is_none_or(|names| names.as_array().is_some_and(|all| all.iter().all(is_text)))
        && schema.get_mut("properties").is_none_or(|properties| {
            properties.as_object_mut().is_some_and(|all| all.values_mut().all(is_schema_object))
        })
}

fn is_schema_object(schema: &mut Value) -> bool {
    if let Value::Bool(allows) = schema {
        *schema = if *allows { json!({}) } else { json!({"not": {}}) };
    }
    schema.is_object()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn tool(name: &str) -> Descriptor {
        Descriptor::new(name.to_owned(), "d", Arc::default())
    }

    #[test]
    fn names_are_unique_and_such_as_clients_take() {
        let long = "x".repeat(125);
        let names = ["a", "a", "b c", "", "é", "b.c", long.as_str()];
        let page = ToolPage::new(names.map(tool), None, Duration::ZERO);
        let mut array = String::from("[");
        assert_eq!(page.write(|tool| Some(format!("set__{tool}")), &mut array), 5);
        let tools: Value = serde_json::from_str(&(array + "]")).unwrap();
        let names: Vec<_> = tools.as_array().unwrap().iter().map(|tool| tool["name"].clone()).collect();
        assert_eq!(names, ["set__a", "set__b.c"]);
        assert_eq!(
            (&tools[0]["description"], &tools[0]["inputSchema"]),
            (&json!("d"), &json!({"type": "object"}))
        );
    }

    #[test]
    fn schemas_are_such_as_clients_take() {
        let with = |name: &str, input: Value, output: Value| {
            let [input, output] = [input, output].map(|schema| Arc::new(schema.as_object().unwrap().clone()));
            let mut tool = Descriptor::new(name.to_owned(), "d", input);
            tool.output_schema = Some(output);
            tool
        };
        let object = || json!({"type": "object"});
        let page = ToolPage::new(
            [
                with("list", json!({"type": "array"}), object()),
                with("open", json!({}), json!({"type": "string"})),
                with("usual", object(), object()),
                with("booleans", json!({"properties": {"a": true, "b": false}, "required": ["a"]}), object()),
                with("texts", json!({"properties": {"a": "text"}}), object()),
                with("lists", json!({"properties": []}), object()),
                with("one", json!({"required": "a"}), object()),
            ],
            None,
            Duration::ZERO,
        );
        let mut array = String::from("[");
        page.write(|tool| Some(format!("set__{tool}")), &mut array);
        let tools: Value = serde_json::from_str(&(array + "]")).unwrap();
        let listed =
            |at: usize| (&tools[at]["name"], &tools[at]["inputSchema"], tools[at].get("outputSchema"));
        assert_eq!(listed(0), (&json!("set__open"), &object(), None));
        assert_eq!(listed(1), (&json!("set__usual"), &object(), Some(&object())));
        let booleans =
            json!({"type": "object", "properties": {"a": {}, "b": {"not": {}}}, "required": ["a"]});
        assert_eq!(listed(2), (&json!("set__booleans"), &booleans, Some(&object())));
        assert_eq!((tools.as_array().unwrap().len(), page.left_out), (3, 4));
    }

    #[test]
    fn what_is_beyond_a_pages_bounds_is_counted() {
        let page = ToolPage::new((0..1_005).map(|number| tool(&format!("t{number}"))), None, Duration::ZERO);
        assert_eq!((page.len(), page.left_out), (MAX_TOOLS, 5));
        let large =
            |number: usize| Descriptor::new(format!("t{number}"), "d".repeat(MAX_BYTES / 3), Arc::default());
        let page = ToolPage::new((0..4).map(large), Some("c".repeat(MAX_CURSOR + 1)), Duration::ZERO);
        assert_eq!((page.len(), page.left_out, page.next()), (2, 2, None));
    }
}
