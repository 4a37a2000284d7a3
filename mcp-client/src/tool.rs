//! A tool as its server describes it.

use std::time::Duration;

use serde::Deserialize;
use serde_json::value::RawValue;

/// The maximum length of a name, in characters (MCP 2026-07-28, "Tool Names").
const MAX_NAME: usize = 128;
/// The maximum depth of a description: deeper ones are made to exhaust whoever reads them.
const MAX_DEPTH: usize = 64;

/// A tool.
#[derive(Clone, Debug)]
pub struct Tool {
    /// Its name.
    pub name: String,
    /// Its description, the JSON object as it was sent.
    pub json: Box<RawValue>,
}

/// The tools of a server.
#[derive(Clone, Debug)]
pub struct ToolList {
    /// The tools in the server's order, each name once.
    pub tools: Vec<Tool>,
    /// How many were left out: unusable names or schemas, and names that another tool has.
    pub left_out: usize,
    /// How long the list is fresh, if the server says so (`ttlMs`; of several pages, the shortest time).
    pub ttl: Option<Duration>,
}

/// The members that are checked.
#[derive(Deserialize)]
struct Described<'t> {
    name: String,
    #[serde(borrow, rename = "inputSchema")]
    input_schema: &'t RawValue,
}

impl Tool {
    /// The tool that a server describes, if it can be used: with a name, and a schema that is an object.
    pub(crate) fn of(json: &RawValue) -> Option<Self> {
        if depth(json.get()) > MAX_DEPTH {
            return None;
        }
        let described: Described<'_> = serde_json::from_str(json.get()).ok()?;
        let is_named = (1..=MAX_NAME).contains(&described.name.chars().count())
            && !described.name.chars().any(char::is_control);
        let has_schema = described.input_schema.get().starts_with('{');
        (is_named && has_schema).then(|| Self { name: described.name, json: json.to_owned() })
    }
}

/// The depth of a JSON text, whose brackets are counted outside of its strings.
fn depth(json: &str) -> usize {
    let (mut depth, mut deepest, mut in_string, mut escaped) = (0_usize, 0, false, false);
    for byte in json.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tool(json: &str) -> Option<String> {
        Tool::of(&RawValue::from_string(json.to_owned()).unwrap()).map(|tool| tool.name)
    }

    #[test]
    fn only_usable_tools_are_kept() {
        assert_eq!(tool(r#"{"name":"a","inputSchema":{},"x":1.10}"#), Some("a".to_owned()));
        for json in [
            "1",
            r#"{"name":"a"}"#,
            r#"{"inputSchema":{}}"#,
            r#"{"name":"","inputSchema":{}}"#,
            r#"{"name":"a\n","inputSchema":{}}"#,
            r#"{"name":1,"inputSchema":{}}"#,
            r#"{"name":"a","inputSchema":[]}"#,
            r#"{"name":"a","inputSchema":null}"#,
            &format!(r#"{{"name":"{}","inputSchema":{{}}}}"#, "x".repeat(129)),
            &format!(r#"{{"name":"a","inputSchema":{{"x":{}1{}}}}}"#, "[".repeat(64), "]".repeat(64)),
        ] {
            assert_eq!(tool(json), None, "{json}");
        }
        let brackets = format!(r#"{{"name":"a","description":"\"{}","inputSchema":{{}}}}"#, "[".repeat(100));
        assert_eq!(tool(&brackets), Some("a".to_owned()), "brackets in a text");
    }
}
