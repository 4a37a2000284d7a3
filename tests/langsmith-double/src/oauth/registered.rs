//! Clients that the organization registered, and what became of them. Documentation: `POST /v1/platform/oauth/clients`.
//! Assumed: a deleted client's tokens are of no use, and neither is a secret that was replaced.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard};

use crate::state::lock;

/// The client that every double knows, a confidential one.
pub const CLIENT_ID: &str = "lsd-remote-mcp";
/// Its secret.
pub const CLIENT_SECRET: &str = "lsd-remote-mcp-secret";
/// The same as a public client.
pub const PUBLIC_CLIENT_ID: &str = "lsd-remote-mcp-public";

/// Where both may be sent back to: on this machine, at any port.
const LOOPBACK: &str = "http://localhost/authorize/callback";

/// One of them.
#[derive(Clone)]
pub(super) struct Registered {
    pub(super) secret: Option<String>,
    pub(super) redirect_uris: Vec<String>,
}

/// All of them.
pub(crate) struct Registry(Mutex<BTreeMap<String, Registered>>);

impl Registry {
    /// The two that every double knows; `redirect_uris` are further ones of theirs.
    pub(crate) fn new(redirect_uris: &[String]) -> Self {
        let redirect_uris: Vec<_> = [LOOPBACK.to_owned()].into_iter().chain(redirect_uris.to_vec()).collect();
        let client = |secret: Option<&str>| Registered {
            secret: secret.map(str::to_owned),
            redirect_uris: redirect_uris.clone(),
        };
        let clients = [(CLIENT_ID, client(Some(CLIENT_SECRET))), (PUBLIC_CLIENT_ID, client(None))];
        Self(Mutex::new(clients.map(|(id, client)| (id.to_owned(), client)).into()))
    }

    pub(super) fn find(&self, id: &str) -> Option<Registered> {
        self.clients().get(id).cloned()
    }

    /// Deletes a client, with everything that was issued to it.
    pub(crate) fn delete(&self, id: &str) {
        self.clients().remove(id);
    }

    /// Gives a client another secret; the old one is of no use from now on.
    pub(crate) fn rotate_secret(&self, id: &str, secret: &str) {
        if let Some(client) = self.clients().get_mut(id) {
            client.secret = Some(secret.to_owned());
        }
    }

    fn clients(&self) -> MutexGuard<'_, BTreeMap<String, Registered>> {
        lock(&self.0)
    }
}
