//! The envelope vault: credentials sealed in the `vault` table under a key that is stored elsewhere. In the local
//! process the key is derived from the root key file.

use futures_util::future::{BoxFuture, ready};
use oauth::seal::Sealer;
use primitives::ids::{CredentialId, UserRef};

use super::credential::{Plain, StoredCredential};
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

impl Vault for Envelope {
    fn seal<'a>(
        &'a self,
        user: &'a UserRef,
        id: &'a CredentialId,
        credential: &'a StoredCredential,
    ) -> BoxFuture<'a, Result<String, VaultError>> {
        let sealed = self.0.seal(&place(user, id), &Plain::of(credential));
        Box::pin(ready(
            sealed.map_err(|error| VaultError::Unavailable {
                operation: "vault.seal",
                cause: error.to_string(),
            }),
        ))
    }

    fn open<'a>(
        &'a self,
        user: &'a UserRef,
        id: &'a CredentialId,
        sealed: &'a str,
    ) -> BoxFuture<'a, Result<StoredCredential, VaultError>> {
        let opened = self.0.open::<Plain>(&place(user, id), sealed);
        Box::pin(ready(opened.map(Plain::credential).map_err(|_| VaultError::Unopenable)))
    }
}
