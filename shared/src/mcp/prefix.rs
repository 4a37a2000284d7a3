//! The owner of a tool's name: `{prefix}__{tool}` is a tool of the set with that prefix. A name without `__` belongs to
//! a fixed tool, or to a set that registered it at startup. (At the endpoint of one Agent Server there is a single set
//! without a prefix, which has all other names.) A prefix has no `__` and no `_` at either end, so that a name has only
//! one reading and no two sets can have a tool of the same name.

use std::fmt;
use std::str::FromStr;

/// The separator between the name of a named set and a tool's own name. No LangSmith tool has it in its name.
pub const JOINT: &str = "__";

/// The name of a set of tools.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Prefix(String);

/// The error of a text that is no prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the name of a set has 1 to 32 of a-z, 0-9, - and _, no _ at an end and no two in a row")]
pub struct NotAPrefix;

impl FromStr for Prefix {
    type Err = NotAPrefix;

    fn from_str(text: &str) -> Result<Self, NotAPrefix> {
        let allowed =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_');
        let is_unambiguous = !text.contains(JOINT) && !text.starts_with('_') && !text.ends_with('_');
        let fits = (1..=Self::MAX).contains(&text.len()) && text.bytes().all(allowed);
        if fits && is_unambiguous { Ok(Self(text.to_owned())) } else { Err(NotAPrefix) }
    }
}

impl fmt::Display for Prefix {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl Prefix {
    /// The longest prefix, in bytes.
    pub const MAX: usize = 32;

    /// The name of the set of tools that return to agents' runs.
    pub fn of_agent_runs() -> Self {
        Self("agent-runs".to_owned())
    }

    /// The name of the set of all agents of discovered servers.
    pub fn of_discovered_agents() -> Self {
        Self("discovered-agents".to_owned())
    }

    /// The prefix as a text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name of a tool of this set, as clients know it.
    pub fn name(&self, tool: &str) -> String {
        format!("{}{JOINT}{tool}", self.0)
    }

    /// The name of a tool within this set, if it belongs to it.
    pub fn strip<'n>(&self, name: &'n str) -> Option<&'n str> {
        name.split_once(JOINT).and_then(|(prefix, tool)| (prefix == self.0).then_some(tool))
    }
}

#[cfg(test)]
mod tests {
    use oauth::resource::ServerName;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_would_make_names_ambiguous_is_no_prefix() {
        for text in ["", "a__b", "_a", "a_", "A", "a b", "é", &"a".repeat(33)] {
            assert_eq!(text.parse::<Prefix>(), Err(NotAPrefix), "{text}");
        }
        for text in ["a", "my-agents", "a_b", "7", &"a".repeat(32)] {
            assert_eq!(text.parse::<Prefix>().unwrap().as_str(), text);
        }
        for own in [Prefix::of_agent_runs(), Prefix::of_discovered_agents()] {
            assert_eq!(own.as_str().parse(), Ok(own));
        }
    }

    /// So that each set of an Agent Server can have an endpoint.
    #[test]
    fn the_longest_and_oddest_prefix_is_a_servers_name() {
        for text in ["a".repeat(Prefix::MAX), "-a_-b".to_owned(), "7".to_owned()] {
            let prefix: Prefix = text.parse().unwrap();
            assert_eq!(ServerName::try_from(prefix.to_string()).unwrap().as_str(), text);
        }
    }

    proptest! {
        #[test]
        fn a_name_belongs_to_one_prefix(one in "[a-z_-]{1,5}", other in "[a-z_-]{1,5}", tool in "[a-z_]{1,5}") {
            let (Ok(one), Ok(other)) = (one.parse::<Prefix>(), other.parse::<Prefix>()) else { return Ok(()) };
            let name = one.name(&tool);
            prop_assert_eq!(one.strip(&name), Some(tool.as_str()));
            prop_assert_eq!(other.strip(&name).is_some(), one == other);
        }
    }
}
