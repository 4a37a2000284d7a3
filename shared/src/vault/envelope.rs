//! The envelope vault: credentials sealed in the `vault` table under a key that is stored elsewhere. In the local
//! process the key is derived from the root key file.

use futures_util::future::{BoxFuture, ready};
use oauth::seal::Sealer;
use primitives::ids::{CredentialId, UserRef, WorkspaceId};
use primitives::secret::Secret;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::credential::{Plain, StoredCredential};
use super::own_credential::{ConnectedServer, OwnCredential, PlainOwn};
use super::workspace::{WorkspaceVault, context};
use super::{Vault, VaultError, place};

/// Seals credentials, each for one user and one credential id.
#[derive(Clone)]
pub struct Envelope(Sealer);

impl Envelope {
    /// A vault under a sealer of [`Purpose::Vault`](oauth::keys::Purpose::Vault).
    pub const fn new(sealer: Sealer) -> Self {
        Self(sealer)
    }
}

impl Envelope {
    fn sealed(&self, place: &str, plain: &impl Serialize) -> Result<String, VaultError> {
        let sealed = self.0.seal(place, plain);
        sealed.map_err(|error| VaultError::Unavailable { operation: "vault.seal", cause: error.to_string() })
    }

    fn opened<T: DeserializeOwned>(&self, place: &str, sealed: &str) -> Result<T, VaultError> {
        self.0.open(place, sealed).map_err(|_| VaultError::Unopenable)
    }
}

impl Vault for Envelope {
    fn seal<'a>(
        &'a self,
        user: &'a UserRef,
        id: &'a CredentialId,
        credential: &'a StoredCredential,
    ) -> BoxFuture<'a, Result<String, VaultError>> {
        Box::pin(ready(self.sealed(&place(user, id), &Plain::of(credential))))
    }

    fn open<'a>(
        &'a self,
        user: &'a UserRef,
        id: &'a CredentialId,
        sealed: &'a str,
    ) -> BoxFuture<'a, Result<StoredCredential, VaultError>> {
        Box::pin(ready(self.opened(&place(user, id), sealed).map(Plain::credential)))
    }

    fn seal_own<'a>(
        &'a self,
        user: &'a UserRef,
        server: &'a ConnectedServer,
        credential: &'a OwnCredential,
    ) -> BoxFuture<'a, Result<String, VaultError>> {
        Box::pin(ready(self.sealed(&server.place(user), &PlainOwn::of(credential))))
    }

    fn open_own<'a>(
        &'a self,
        user: &'a UserRef,
        server: &'a ConnectedServer,
        sealed: &'a str,
    ) -> BoxFuture<'a, Result<OwnCredential, VaultError>> {
        let opened: Result<PlainOwn, _> = self.opened(&server.place(user), sealed);
        Box::pin(ready(opened.map(|plain| plain.credential())))
    }
}

impl WorkspaceVault for Envelope {
    fn seal_text<'a>(
        &'a self,
        workspace: &'a WorkspaceId,
        place: &'a str,
        text: &'a Secret,
    ) -> BoxFuture<'a, Result<String, VaultError>> {
        Box::pin(ready(self.sealed(&context(workspace, place), &text.expose())))
    }

    fn open_text<'a>(
        &'a self,
        workspace: &'a WorkspaceId,
        place: &'a str,
        sealed: &'a str,
    ) -> BoxFuture<'a, Result<Secret, VaultError>> {
        Box::pin(ready(self.opened::<String>(&context(workspace, place), sealed).map(Secret::new)))
    }
}
