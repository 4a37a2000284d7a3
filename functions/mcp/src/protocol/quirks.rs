//! Known clients that violate a MUST and are served anyway; everybody else is held to the specification.
//!
//! A client is identified by the name in its `clientInfo`. Anybody may send that name, so an entry tolerates a form and
//! never grants anything. There are no sessions: a name holds for the message that carries it, which is every message
//! of 2026-07-28, but only `initialize` of the era before. An entry is removed when the report behind it is settled.

/// A tolerated violation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quirk {
    /// A message of 2026-07-28 under the headers of 2025-11-25: `MCP-Protocol-Version` names the older revision, and
    /// `Mcp-Method` and `Mcp-Name`, which that one does not have, may be absent. Headers that are present must still
    /// match.
    OlderHeaders,
}

/// The report of a message that claude.ai's connectors relay: it was made after `server/discover`, and comes under a
/// header of their own. Every call failed with -32020 (2026-09, open).
const RELAYED: &str = "https://github.com/anthropics/claude-code/issues/93290";

/// The tolerated violations: the name of the client, what is tolerated, and the public reports of the violation and of
/// the client's name.
const TABLE: [(&str, Quirk, [&str; 2]); 3] = [
    (
        "Anthropic/ClaudeAI",
        Quirk::OlderHeaders,
        [RELAYED, "https://github.com/anthropics/claude-ai-mcp/issues/473"],
    ),
    // Claude Desktop through such a connector.
    (
        "claude-ai",
        Quirk::OlderHeaders,
        [RELAYED, "https://github.com/mark3labs/mcp-filesystem-server/issues/33"],
    ),
    // Claude Code through such a connector. The name is reported in a message of 2026-07-28.
    ("claude-code", Quirk::OlderHeaders, [RELAYED, "https://github.com/zoedsoupe/anubis-mcp/issues/295"]),
];

/// Whether this violation is tolerated for the client of this name.
pub(super) fn forgives(client: Option<&str>, quirk: Quirk) -> bool {
    TABLE.iter().any(|(name, forgiven, _)| client == Some(*name) && *forgiven == quirk)
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    #[test]
    fn every_client_of_the_table_is_known_by_its_exact_name() {
        for name in ["Anthropic/ClaudeAI", "claude-ai", "claude-code"] {
            assert!(forgives(Some(name), Quirk::OlderHeaders), "{name}");
        }
        assert_eq!(TABLE.len(), 3, "a new entry needs its line here and in tests/http/protocol/quirks.rs");
    }

    /// The text between two marks, wherever they occur.
    fn between<'t>(text: &'t str, start: &str, end: &str) -> BTreeSet<&'t str> {
        text.split(start).skip(1).filter_map(|rest| rest.split_once(end)).map(|(found, _)| found).collect()
    }

    #[test]
    fn the_page_has_every_client_with_its_sources() {
        let page = include_str!("../../../../docs/how-it-works.md");
        let lines = page.lines().skip_while(|line| !line.starts_with("| `clientInfo.name` |")).skip(2);
        let mut told = BTreeMap::new();
        for row in lines.take_while(|line| line.starts_with('|')) {
            let name = row.split('`').nth(1).unwrap();
            assert!(told.insert(name, between(row, "](", ")")).is_none(), "twice: {name}");
        }
        assert_eq!(told, TABLE.map(|(name, _, sources)| (name, sources.into())).into());
    }

    #[test]
    fn nobody_else_is_forgiven_anything() {
        for name in
            ["", "claude", "anthropic/claudeai", "Anthropic/ClaudeAI ", "claude-code-2", "cursor-vscode"]
        {
            assert!(!forgives(Some(name), Quirk::OlderHeaders), "{name}");
        }
        assert!(!forgives(None, Quirk::OlderHeaders));
    }
}
