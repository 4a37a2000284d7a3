//! Scopes: the permissions that a person grants to a client (RFC 6749 section 3.3).

use std::fmt;

/// One permission. The order is the order on the consent page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// Read traces, prompts, datasets and experiments.
    LangsmithRead,
    /// Create and change prompts, datasets, examples and experiments.
    LangsmithWrite,
    /// Make prompts public.
    LangsmithPublish,
    /// Read the organization's usage figures.
    BillingRead,
    /// Run agents, and read and end their runs.
    AgentsRun,
    /// See the registered MCP servers and their tools, and call these tools.
    ServersUse,
    /// Register, change and delete MCP servers.
    ServersManage,
}

impl Scope {
    /// Every scope, which is also the default set and the one in challenges, that is, the requested set. The granted
    /// set is decided by the checkboxes on the consent page.
    pub const ALL: [Self; 7] = [
        Self::LangsmithRead,
        Self::LangsmithWrite,
        Self::LangsmithPublish,
        Self::BillingRead,
        Self::AgentsRun,
        Self::ServersUse,
        Self::ServersManage,
    ];

    /// Whether the consent page shows its checkbox checked at first. A published prompt cannot be taken back, and a
    /// changed MCP server may take the calls of everybody in the workspace: only the person can check those.
    pub const fn is_checked_at_first(self) -> bool {
        !matches!(self, Self::LangsmithPublish | Self::ServersManage)
    }

    /// The scope in the wire format.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::LangsmithRead => "langsmith:read",
            Self::LangsmithWrite => "langsmith:write",
            Self::LangsmithPublish => "langsmith:publish",
            Self::BillingRead => "billing:read",
            Self::AgentsRun => "agents:run",
            Self::ServersUse => "servers:use",
            Self::ServersManage => "servers:manage",
        }
    }

    const fn bit(self) -> u8 {
        match self {
            Self::LangsmithRead => 1,
            Self::LangsmithWrite => 2,
            Self::LangsmithPublish => 4,
            Self::BillingRead => 8,
            Self::AgentsRun => 16,
            Self::ServersUse => 32,
            Self::ServersManage => 64,
        }
    }
}

/// RFC 6749 section 6: a refresh requested an unknown scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an unknown scope")]
pub struct UnknownScope;

/// A set of scopes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ScopeSet(u8);

impl ScopeSet {
    /// The empty set.
    pub const EMPTY: Self = Self(0);

    /// The set of every scope.
    pub fn all() -> Self {
        Scope::ALL.into_iter().collect()
    }

    /// The requested scopes. Unknown names are dropped, because clients send scopes of other servers; a request without
    /// a known scope means all of them.
    pub fn requested(text: Option<&str>) -> Self {
        let known = Self::parse_known(text.unwrap_or_default());
        if known == Self::EMPTY { Self::all() } else { known }
    }

    /// The known scopes in a space-separated list.
    pub fn parse_known(text: &str) -> Self {
        text.split(' ')
            .filter_map(|name| Scope::ALL.into_iter().find(|scope| scope.as_str() == name))
            .collect()
    }

    /// The scopes that a refresh requests; `None` if it names none. Unlike at the authorization, unknown names are an
    /// error: the client was told its granted scopes. `offline_access` is not a scope of a tool, and the refresh token
    /// itself proves that it was granted, so clients may repeat it in any request.
    pub fn at_refresh(text: Option<&str>) -> Result<Option<Self>, UnknownScope> {
        let mut asked = Self::EMPTY;
        for name in text.unwrap_or_default().split(' ').filter(|name| !matches!(*name, "" | OFFLINE_ACCESS)) {
            let known = Self::parse_known(name);
            if known == Self::EMPTY {
                return Err(UnknownScope);
            }
            asked = asked.union(known);
        }
        Ok((asked != Self::EMPTY).then_some(asked))
    }

    /// Whether the set has this scope.
    pub const fn contains(self, scope: Scope) -> bool {
        self.0 & scope.bit() != 0
    }

    /// Whether the set has every scope of `other`.
    pub const fn covers(self, other: Self) -> bool {
        self.0 & other.0 == other.0
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

    /// The scopes in display order.
    pub fn iter(self) -> impl Iterator<Item = Scope> {
        Scope::ALL.into_iter().filter(move |scope| self.contains(*scope))
    }
}

impl From<Scope> for ScopeSet {
    fn from(scope: Scope) -> Self {
        Self(scope.bit())
    }
}

impl FromIterator<Scope> for ScopeSet {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        Self(scopes.into_iter().fold(0, |bits, scope| bits | scope.bit()))
    }
}

impl fmt::Display for ScopeSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, scope) in self.iter().enumerate() {
            if index > 0 {
                f.write_str(" ")?;
            }
            f.write_str(scope.as_str())?;
        }
        Ok(())
    }
}

/// The scope by which clients ask to stay connected (OpenID Connect Core section 11, MCP authorization "Refresh
/// Tokens"). Every grant can be refreshed, but some clients only do so where it is advertised and granted. It permits
/// nothing, so it is not a [`Scope`]: no tool needs it and no challenge names it.
pub const OFFLINE_ACCESS: &str = "offline_access";

/// The scopes that a client requests, or was granted, including `offline_access`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Access {
    /// The permissions.
    pub scopes: ScopeSet,
    /// Whether [`OFFLINE_ACCESS`] is named, so that responses repeat it.
    pub offline: bool,
}

impl Access {
    /// The requested access, by the rules of [`ScopeSet::requested`].
    pub fn requested(text: Option<&str>) -> Self {
        Self { scopes: ScopeSet::requested(text), offline: names_offline(text.unwrap_or_default()) }
    }

    /// The access in a space-separated list that we wrote.
    pub fn parse_known(text: &str) -> Self {
        Self { scopes: ScopeSet::parse_known(text), offline: names_offline(text) }
    }
}

impl fmt::Display for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.scopes.fmt(f)?;
        match (self.offline, self.scopes == ScopeSet::EMPTY) {
            (false, _) => Ok(()),
            (true, true) => f.write_str(OFFLINE_ACCESS),
            (true, false) => write!(f, " {OFFLINE_ACCESS}"),
        }
    }
}

fn names_offline(text: &str) -> bool {
    text.split(' ').any(|name| name == OFFLINE_ACCESS)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_set_has_what_it_was_made_of() {
        for scope in Scope::ALL {
            assert!(ScopeSet::all().contains(scope) && ScopeSet::from(scope).contains(scope));
            assert_eq!([scope, scope].into_iter().collect::<ScopeSet>(), scope.into());
            assert_eq!(ScopeSet::from(scope).iter().collect::<Vec<_>>(), [scope]);
        }
    }

    #[test]
    fn an_absent_empty_or_foreign_request_means_everything() {
        for text in [None, Some(""), Some("  "), Some("openid profile")] {
            assert_eq!(ScopeSet::requested(text), ScopeSet::all());
        }
    }

    #[test]
    fn unknown_names_are_dropped() {
        let set = ScopeSet::requested(Some("offline_access billing:read nonsense"));
        assert_eq!(set.to_string(), "billing:read");
    }

    #[test]
    fn offline_access_is_kept_beside_the_scopes() {
        let access = Access::requested(Some("offline_access billing:read nonsense"));
        assert_eq!(access.to_string(), "billing:read offline_access");
        assert_eq!(access.scopes.to_string(), "billing:read");
        assert_eq!(Access::parse_known(&access.to_string()), access);
        // Alone it names no permission, so it means all of them.
        let alone = Access::requested(Some("offline_access"));
        assert_eq!(alone, Access { scopes: ScopeSet::all(), offline: true });
        assert_eq!(Access::parse_known("offline_access").to_string(), "offline_access");
        assert!(
            !Access::requested(None).offline
                && !Access::parse_known("offline_access2 xoffline_access").offline
        );
    }

    #[test]
    fn a_refresh_names_what_it_wants_or_nothing() {
        let asked = |text| ScopeSet::at_refresh(Some(text));
        for nothing in ["", " ", "offline_access", " offline_access "] {
            assert_eq!(asked(nothing), Ok(None), "{nothing:?}");
        }
        assert_eq!(ScopeSet::at_refresh(None), Ok(None));
        let both = asked("offline_access billing:read  langsmith:read langsmith:read").unwrap().unwrap();
        assert_eq!(both.to_string(), "langsmith:read billing:read");
        for unknown in ["openid", "langsmith:read admin", "LANGSMITH:READ", "langsmith:", "*"] {
            assert_eq!(asked(unknown), Err(UnknownScope), "{unknown}");
        }
    }

    /// The store searches the text of a set for a scope.
    #[test]
    fn no_scopes_text_is_in_anothers() {
        for one in Scope::ALL {
            let others = Scope::ALL.into_iter().filter(|other| *other != one);
            assert!(others.into_iter().all(|other| !other.as_str().contains(one.as_str())), "{one:?}");
        }
    }

    proptest! {
        #[test]
        fn the_text_of_a_set_parses_to_the_same_set(bits in 0_u8..128) {
            let set = ScopeSet(bits);
            prop_assert_eq!(ScopeSet::parse_known(&set.to_string()), set);
        }

        #[test]
        fn no_text_yields_more_than_it_names(text in "[a-z: ]{0,80}") {
            let set = ScopeSet::parse_known(&text);
            prop_assert!(set.iter().all(|scope| text.split(' ').any(|name| name == scope.as_str())));
        }

        #[test]
        fn intersection_is_covered_by_both(a in 0_u8..128, b in 0_u8..128) {
            let both = ScopeSet(a).intersect(ScopeSet(b));
            prop_assert!(ScopeSet(a).covers(both) && ScopeSet(b).covers(both));
            prop_assert!(ScopeSet(a).union(ScopeSet(b)).covers(ScopeSet(a)));
        }
    }
}
