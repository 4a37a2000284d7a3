//! The protected resources of this server (RFC 9728): the MCP endpoint, and beside it one endpoint for the agents of each
//! Agent Server. A grant, and every token of it, is for one of them.
//!
//! Which Agent Servers exist is not known here. A name that no server has is a resource whose endpoint offers nothing,
//! so that nobody learns the names without a login.

mod indicator;

use serde::{Deserialize, Serialize};

use crate::scope::{Scope, ScopeSet};

pub use indicator::{ForeignResource, requested};

/// The path before an Agent Server's name.
const BEFORE: &str = "/agents/";
/// The path after it.
const AFTER: &str = "/mcp";

/// A protected resource: the MCP endpoint, or the endpoint of one Agent Server. In a grant, only the latter is stored.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Resource(Option<ServerName>);

/// The name of an Agent Server in a path.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ServerName(String);

/// The error of a text that cannot be a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an Agent Server's name has 1 to 32 of a-z, 0-9, - and _")]
pub struct NotAName;

impl Resource {
    /// The MCP endpoint.
    pub const MCP: Self = Self(None);

    /// The endpoint of this Agent Server alone.
    pub const fn of_server(name: ServerName) -> Self {
        Self(Some(name))
    }

    /// The resource at the path of an Agent Server's endpoint, with or without a final slash.
    pub fn of_server_path(path: &str) -> Option<Self> {
        let name = path.strip_suffix('/').unwrap_or(path).strip_prefix(BEFORE)?.strip_suffix(AFTER)?;
        ServerName::try_from(name.to_owned()).ok().map(Self::of_server)
    }

    /// The Agent Server, if the resource is the endpoint of one.
    pub const fn server(&self) -> Option<&ServerName> {
        self.0.as_ref()
    }

    /// The scopes that exist for it.
    pub fn scopes(&self) -> ScopeSet {
        if self.is_mcp() { ScopeSet::all() } else { Scope::AgentsRun.into() }
    }

    /// Whether it is the MCP endpoint.
    pub const fn is_mcp(&self) -> bool {
        self.0.is_none()
    }
}

impl ServerName {
    /// The name as a text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The path of the server's endpoint.
    pub(crate) fn path(&self) -> String {
        format!("{BEFORE}{}{AFTER}", self.0)
    }
}

impl TryFrom<String> for ServerName {
    type Error = NotAName;

    fn try_from(text: String) -> Result<Self, NotAName> {
        let allowed =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_');
        let fits = (1..=32).contains(&text.len()) && text.bytes().all(allowed);
        if fits { Ok(Self(text)) } else { Err(NotAName) }
    }
}

impl From<ServerName> for String {
    fn from(name: ServerName) -> Self {
        name.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_names_one_server() {
        let name = |path: &str| Resource::of_server_path(path)?.server().map(|name| name.as_str().to_owned());
        for path in ["/agents/my-agent_2/mcp", "/agents/my-agent_2/mcp/"] {
            assert_eq!(name(path).as_deref(), Some("my-agent_2"), "{path}");
        }
        let long = format!("/agents/{}/mcp", "a".repeat(33));
        for path in [
            "/mcp",
            "/agents/mcp",
            "/agents//mcp",
            "/agents/a/b/mcp",
            "/agents/A/mcp",
            "/agents/a%2Fb/mcp",
            "/agents/é/mcp",
            "/agents/a/mcp//",
            "/x/agents/a/mcp",
            &long,
        ] {
            assert_eq!(name(path), None, "{path}");
        }
    }

    #[test]
    fn a_stored_resource_is_the_servers_name() {
        let resource = Resource::of_server_path("/agents/a/mcp").unwrap();
        assert_eq!(serde_json::to_string(&resource).unwrap(), "\"a\"");
        assert_eq!(serde_json::from_str::<Resource>("\"a\"").unwrap(), resource);
        assert_eq!(serde_json::from_str::<Resource>("null").unwrap(), Resource::MCP);
        assert!(serde_json::from_str::<Resource>("\"a/b\"").is_err());
    }
}
