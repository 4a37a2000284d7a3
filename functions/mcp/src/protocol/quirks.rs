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

/// The tolerated violations, by the name of the client.
const TABLE: [(&str, Quirk); 3] = [
    // claude.ai's connectors relay a message that was made after `server/discover` under a header of their own:
    // <https://github.com/anthropics/claude-code/issues/93290> (2026-09, open), where every call failed with -32020. That
    // the hosted client has this name: <https://github.com/anthropics/claude-ai-mcp/issues/473>.
    ("Anthropic/ClaudeAI", Quirk::OlderHeaders),
    // Claude Desktop through such a connector: the same report. Its name:
    // <https://github.com/mark3labs/mcp-filesystem-server/issues/33>.
    ("claude-ai", Quirk::OlderHeaders),
    // Claude Code through such a connector: the same report. Its name, in a message of 2026-07-28:
    // <https://github.com/zoedsoupe/anubis-mcp/issues/295>.
    ("claude-code", Quirk::OlderHeaders),
];

/// Whether this violation is tolerated for the client of this name.
pub(super) fn forgives(client: Option<&str>, quirk: Quirk) -> bool {
    TABLE.iter().any(|(name, forgiven)| client == Some(*name) && *forgiven == quirk)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_client_of_the_table_is_known_by_its_exact_name() {
        for name in ["Anthropic/ClaudeAI", "claude-ai", "claude-code"] {
            assert!(forgives(Some(name), Quirk::OlderHeaders), "{name}");
        }
        assert_eq!(TABLE.len(), 3, "a new entry needs its line here and in tests/http/quirks.rs");
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
