//! A registered server.

use std::fmt;

use primitives::ids::WorkspaceId;
use primitives::random::{self, Random};
use uuid::{Builder, Uuid};

use super::auth::ServerAuth;

/// The maximum length of a name, in characters.
const MAX_NAME: usize = 200;

/// The id of a server: a random UUID.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ServerId(Uuid);

impl ServerId {
    /// A fresh id.
    pub fn fresh(random: &dyn Random) -> Self {
        Self(Builder::from_random_bytes(random::bytes(random)).into_uuid())
    }

    /// Parses an id; `None` unless it is a UUID with hyphens, in either case.
    pub fn parse(text: &str) -> Option<Self> {
        let is_hyphenated = text.len() == 36;
        Uuid::try_parse(text).ok().filter(|_| is_hyphenated).map(Self)
    }
}

impl fmt::Display for ServerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

/// The name of a server, unique in its workspace. Names are case-sensitive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerName(String);

/// Why a text is no name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameRefused {
    /// Nothing, or only spaces.
    #[error("the name is empty")]
    Empty,
    /// More than 200 characters.
    #[error("the name may have 200 characters")]
    TooLong,
    /// Characters that are not shown, which could make two names look equal.
    #[error("the name has control characters")]
    ControlCharacters,
}

impl ServerName {
    /// Checks a name from outside, without the spaces around it.
    pub fn parse(text: &str) -> Result<Self, NameRefused> {
        let text = text.trim();
        if text.is_empty() {
            return Err(NameRefused::Empty);
        }
        if text.chars().count() > MAX_NAME {
            return Err(NameRefused::TooLong);
        }
        if text.chars().any(char::is_control) {
            return Err(NameRefused::ControlCharacters);
        }
        Ok(Self(text.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A server that a workspace has registered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegisteredServer {
    /// Its workspace.
    pub workspace: WorkspaceId,
    /// Its id.
    pub id: ServerId,
    /// Its name.
    pub name: ServerName,
    /// Its URL as the caller wrote it.
    pub url: String,
    /// The one spelling of the URL, by which the server is found.
    pub canonical_url: String,
    /// The authentication of requests to it.
    pub auth: ServerAuth,
    /// The vendor in a catalog, if the caller named one.
    pub vendor_id: Option<String>,
    /// The caller's own identifier, if they gave one.
    pub external_system_id: Option<String>,
    /// Its headers, sealed, if it has any.
    pub sealed_headers: Option<String>,
    /// When it was registered, in milliseconds since the Unix epoch.
    pub created_at: u64,
    /// When it was last changed, in milliseconds since the Unix epoch.
    pub updated_at: u64,
    /// A random text that every write replaces, by which concurrent writes notice each other.
    pub revision: String,
}

#[cfg(test)]
mod tests {
    use primitives::random::SystemRandom;

    use super::*;

    #[test]
    fn ids_are_uuids_with_hyphens() {
        let id = ServerId::fresh(&SystemRandom);
        assert_eq!(ServerId::parse(&id.to_string().to_uppercase()), Some(id));
        let plain = id.to_string().replace('-', "");
        for text in [plain.as_str(), "", "{x}", &format!("{{{id}}}"), &format!("urn:uuid:{id}")] {
            assert_eq!(ServerId::parse(text), None, "{text}");
        }
    }

    #[test]
    fn names_are_bounded_texts() {
        assert_eq!(ServerName::parse(" tavily ").unwrap().as_str(), "tavily");
        assert_eq!(ServerName::parse(" "), Err(NameRefused::Empty));
        assert!(ServerName::parse(&"ä".repeat(200)).is_ok());
        assert_eq!(ServerName::parse(&"ä".repeat(201)), Err(NameRefused::TooLong));
        assert_eq!(ServerName::parse("a\nb"), Err(NameRefused::ControlCharacters));
    }
}
