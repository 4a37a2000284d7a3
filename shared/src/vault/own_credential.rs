//! A user's own credential for a server that does not take their LangSmith login.

use primitives::ids::UserRef;
use primitives::secret::Secret;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::mcp::agent_servers::{AgentServerAuth, AgentServerSettings};

/// A server to which each user connects with a credential of their own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectedServer {
    /// The name that the operator has given it, unique in the deployment.
    pub name: String,
    /// Its base URL.
    pub address: String,
}

/// A user's credential for a server.
#[derive(Clone, Debug)]
pub struct OwnCredential {
    /// How requests carry it.
    pub scheme: Scheme,
    /// The key or token.
    pub secret: Secret,
}

/// How requests carry a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scheme {
    /// The header `X-Api-Key`.
    ApiKey,
    /// `Authorization: Bearer` (RFC 6750 section 2.1).
    Bearer,
}

impl ConnectedServer {
    /// The Agent Server, if its users have credentials of their own.
    pub fn of(settings: &AgentServerSettings) -> Option<Self> {
        let server = || Self { name: settings.name.to_string(), address: settings.address.to_string() };
        (settings.auth == AgentServerAuth::Own).then(server)
    }

    /// The sealing context of a user's credential. It names the address, too: after a change of the server's address, the
    /// credential does not open, so that it never gets to another server than the one for which the user gave it.
    pub(super) fn place(&self, user: &UserRef) -> String {
        format!("own/{user}/{}/{}", self.name, self.address)
    }
}

/// The plaintext that is sealed; zeroized as soon as it is.
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub(super) struct PlainOwn {
    #[zeroize(skip)]
    scheme: Scheme,
    secret: String,
}

impl PlainOwn {
    pub(super) fn of(credential: &OwnCredential) -> Self {
        Self { scheme: credential.scheme, secret: credential.secret.expose().to_owned() }
    }

    pub(super) fn credential(&self) -> OwnCredential {
        OwnCredential { scheme: self.scheme, secret: Secret::new(&self.secret) }
    }
}
