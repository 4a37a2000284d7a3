//! The envelope vault: credentials sealed in the `vault` table under a key that is not in it. On one machine the key is
//! derived from the root key file.

use crate::ids::{CredentialId, UserRef};
use crate::oauth::keys::KeyError;
use crate::oauth::seal::{Sealer, Unsealable};

use super::credential::{Plain, StoredCredential};

/// Seals credentials, each for one user and one place in the table.
#[derive(Clone)]
pub struct Envelope(Sealer);

impl Envelope {
    /// A vault under a sealer of [`Purpose::Vault`](crate::oauth::keys::Purpose::Vault).
    pub const fn new(sealer: Sealer) -> Self {
        Self(sealer)
    }

    /// The credential, sealed for its place: moved to another user's item it does not open.
    pub fn seal(
        &self,
        user: &UserRef,
        id: &CredentialId,
        credential: &StoredCredential,
    ) -> Result<String, KeyError> {
        self.0.seal(&context(user, id), &Plain::of(credential))
    }

    /// The credential of an item.
    pub fn open(
        &self,
        user: &UserRef,
        id: &CredentialId,
        sealed: &str,
    ) -> Result<StoredCredential, Unsealable> {
        self.0.open::<Plain>(&context(user, id), sealed).map(|plain| plain.credential())
    }
}

fn context(user: &UserRef, id: &CredentialId) -> String {
    format!("vault/{user}/{id}")
}
