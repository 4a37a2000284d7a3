//! Typed identifiers, so that a user id cannot be passed as a client id.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::secret::sha256;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Wraps the identifier's text.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The identifier's text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id! {
    /// A registered OAuth client (RFC 7591 `client_id`).
    ClientId
}
id! {
    /// A LangSmith user: their UUID, or `account:` and a hash for an account that LangSmith names otherwise, or `svc:`
    /// or `key:` and a hash for a key whose owner LangSmith does not tell.
    UserId
}
id! {
    /// A user in our tokens and table keys: a hash, so that a token does not reveal its owner.
    UserRef
}
id! {
    /// One consent of one user to one client.
    GrantId
}
id! {
    /// One upstream credential of a user, obtained by one login and used by the grants that this login approved.
    CredentialId
}
id! {
    /// A LangSmith workspace, also called tenant.
    WorkspaceId
}

/// Length of a grant's id: 16 random bytes as unpadded base64url.
const GRANT_LENGTH: usize = 22;
/// Length of a user's reference: 132 of the 256 bits of a hash, as unpadded base64url.
const REFERENCE_LENGTH: usize = 22;

impl UserRef {
    /// Parses a reference from outside; `None` if it is malformed.
    pub fn parse(text: &str) -> Option<Self> {
        (text.len() == REFERENCE_LENGTH && is_base64url(text)).then(|| Self::new(text))
    }
}

impl GrantId {
    /// Parses an id from outside; `None` if it is malformed.
    pub fn parse(text: &str) -> Option<Self> {
        (text.len() == GRANT_LENGTH && is_base64url(text)).then(|| Self::new(text))
    }
}

fn is_base64url(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

/// The maximum length of an account name, in characters (OIDC Core 1.0 section 2, `sub`).
const MAX_ACCOUNT: usize = 255;

impl UserId {
    /// The user with this name at LangSmith; `None` if the text names nobody. Only a UUID is kept as it is: any other
    /// text could be mistaken for one of our own names, or be too long or too odd for a table item.
    pub fn of_account(text: &str) -> Option<Self> {
        if text.is_empty() || text.chars().count() > MAX_ACCOUNT {
            return None;
        }
        let is_uuid = text.len() == 36 && uuid::Uuid::try_parse(text).is_ok();
        Some(Self::new(if is_uuid {
            text.to_owned()
        } else {
            format!("account:{}", sha256(text.as_bytes()))
        }))
    }

    /// The reference under which this user's items are stored.
    pub fn reference(&self) -> UserRef {
        let mut text = sha256(self.as_str().as_bytes());
        text.truncate(REFERENCE_LENGTH);
        UserRef::new(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_any_text_of_a_sensible_length() {
        let uuid = "ada00000-0000-4000-8000-000000000001";
        assert_eq!(UserId::of_account(uuid), Some(UserId::new(uuid)));
        for odd in ["auth0|Ada", "svc:x", "key:x", "  ", "a\nb", "\u{0}", &"é".repeat(255)] {
            let user = UserId::of_account(odd).unwrap();
            assert!(user.as_str().starts_with("account:") && user.as_str().len() == 51, "{user}");
        }
        assert_ne!(UserId::of_account("a"), UserId::of_account("b"));
        for none in [String::new(), "x".repeat(256), "é".repeat(256)] {
            assert_eq!(UserId::of_account(&none), None);
        }
    }
}
