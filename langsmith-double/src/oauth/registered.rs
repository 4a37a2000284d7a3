//! Clients registered by the organization, with their later changes. Documentation: `POST /v1/platform/oauth/clients`.
//! Assumed: a deleted client's tokens are invalid, and so is a replaced secret.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard};

use crate::shelf::lock;

/// The id of the confidential client of every double.
pub const CLIENT_ID: &str = "lsd-remote-mcp";
/// The secret of [`CLIENT_ID`].
pub const CLIENT_SECRET: &str = "lsd-remote-mcp-secret";
/// The id of the public client of every double.
pub const PUBLIC_CLIENT_ID: &str = "lsd-remote-mcp-public";

/// The redirect URI of both clients: on this machine, at any port.
const LOOPBACK: &str = "http://localhost/authorize/callback";

/// A client registered by the organization.
#[derive(Clone)]
pub(super) struct Registered {
    pub(super) secret: Option<String>,
    pub(super) redirect_uris: Vec<String>,
}

/// All clients registered by the organization.
pub(crate) struct Registry(Mutex<BTreeMap<String, Registered>>);

impl Registry {
    /// The two clients of every double; `redirect_uris` are additional ones of both.
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

    /// Deletes a client and invalidates everything issued to it.
    pub(crate) fn delete(&self, id: &str) {
        self.clients().remove(id);
    }

    /// Replaces the secret of a client; the old one is invalid from now on.
    pub(crate) fn rotate_secret(&self, id: &str, secret: &str) {
        if let Some(client) = self.clients().get_mut(id) {
            client.secret = Some(secret.to_owned());
        }
    }

    fn clients(&self) -> MutexGuard<'_, BTreeMap<String, Registered>> {
        lock(&self.0)
    }
}
