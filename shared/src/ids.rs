//! Typed identifiers, so that a user cannot be passed as a client.

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
    /// A LangSmith user as LangSmith names them (`ls_user_id`), or `svc:` and a hash for a service key.
    UserId
}
id! {
    /// A user as our tokens and table keys name them: a hash, so that a token does not tell who its owner is.
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
    /// A reference that came from outside, if it has the shape of one.
    pub fn parse(text: &str) -> Option<Self> {
        (text.len() == REFERENCE_LENGTH && is_base64url(text)).then(|| Self::new(text))
    }
}

impl GrantId {
    /// An id that came from outside, if it has the shape of one.
    pub fn parse(text: &str) -> Option<Self> {
        (text.len() == GRANT_LENGTH && is_base64url(text)).then(|| Self::new(text))
    }
}

fn is_base64url(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

impl UserId {
    /// The reference under which this user's items are stored.
    pub fn reference(&self) -> UserRef {
        let mut text = sha256(self.as_str().as_bytes());
        text.truncate(REFERENCE_LENGTH);
        UserRef::new(text)
    }
}
