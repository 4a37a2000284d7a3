//! What a caller may do with the MCP servers that a workspace has registered, by LangSmith's names.

use serde::{Deserialize, Serialize};

/// One permission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServerPermission {
    /// `mcp-servers:read`: see the servers.
    Read,
    /// `mcp-servers:invoke`: list and call their tools, and see their headers.
    Invoke,
    /// `mcp-servers:create`: register a server.
    Create,
    /// `mcp-servers:update`: change one.
    Update,
    /// `mcp-servers:delete`: delete one.
    Delete,
}

impl ServerPermission {
    /// Every permission.
    pub const ALL: [Self; 5] = [Self::Read, Self::Invoke, Self::Create, Self::Update, Self::Delete];

    /// LangSmith's name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "mcp-servers:read",
            Self::Invoke => "mcp-servers:invoke",
            Self::Create => "mcp-servers:create",
            Self::Update => "mcp-servers:update",
            Self::Delete => "mcp-servers:delete",
        }
    }

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// A set of permissions, stored as its bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "u8", into = "u8")]
pub struct ServerPermissions(u8);

impl ServerPermissions {
    /// None.
    pub const EMPTY: Self = Self(0);
    /// Every permission.
    pub const ALL: Self = Self(0b1_1111);

    /// The permissions among LangSmith's names; other names are those of other resources.
    pub fn among<'n>(names: impl IntoIterator<Item = &'n str>) -> Self {
        let known = |name| ServerPermission::ALL.into_iter().find(|permission| permission.as_str() == name);
        names.into_iter().filter_map(known).collect()
    }

    /// Whether the set has no permission.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether the set has this permission.
    pub const fn contains(self, permission: ServerPermission) -> bool {
        self.0 & permission.bit() != 0
    }

    /// The intersection of both sets.
    #[must_use]
    pub const fn intersect(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// The union of both sets.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The permissions of this set that `other` does not have.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// The stored form: a bit for each permission.
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// The set of a stored form. Unknown bits, of a later version, are dropped.
    pub const fn of_bits(bits: u8) -> Self {
        Self(bits & Self::ALL.0)
    }
}

impl From<u8> for ServerPermissions {
    fn from(bits: u8) -> Self {
        Self::of_bits(bits)
    }
}

impl From<ServerPermissions> for u8 {
    fn from(set: ServerPermissions) -> Self {
        set.bits()
    }
}

impl FromIterator<ServerPermission> for ServerPermissions {
    fn from_iter<I: IntoIterator<Item = ServerPermission>>(permissions: I) -> Self {
        Self(permissions.into_iter().fold(0, |bits, permission| bits | permission.bit()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_has_what_langsmith_names() {
        let names = ServerPermission::ALL.map(ServerPermission::as_str);
        assert_eq!(ServerPermissions::among(names), ServerPermissions::ALL);
        let some = ServerPermissions::among([
            "mcp-servers:read",
            "projects:read",
            "mcp-servers:delete",
            "mcp-servers",
        ]);
        let has = ServerPermission::ALL.map(|permission| some.contains(permission));
        assert_eq!(has, [true, false, false, false, true]);
        assert_eq!(ServerPermissions::of_bits(some.bits() | 0b1110_0000), some);
        assert_eq!(some.intersect(ServerPermissions::EMPTY), ServerPermissions::EMPTY);
        assert_eq!(some.union(ServerPermissions::ALL), ServerPermissions::ALL);
        assert_eq!(some.without(ServerPermissions::among(["mcp-servers:read"])).bits(), 1 << 4);
        assert!(some.without(some).is_empty() && !some.is_empty());
    }
}
