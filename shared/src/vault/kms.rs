//! The envelope vault with KMS: each credential is sealed in the `vault` table under a separate data key, which is
//! stored beside it, wrapped by one KMS key. For stacks with more users than Secrets Manager supports, or than anybody
//! wants to pay for there.

use aws_sdk_kms::Client;
use futures_util::future::BoxFuture;
use primitives::clock::SharedClock;
use primitives::ids::{CredentialId, UserRef};
use primitives::random::SharedRandom;

use super::credential::{Plain, StoredCredential};
use super::data_keys::{DataKeys, split};
use super::own_credential::{ConnectedServer, OwnCredential, PlainOwn};
use super::{Vault, VaultError, place};

/// Seals under data keys that one KMS key wraps.
pub struct KmsVault(DataKeys);

impl KmsVault {
    /// A vault with the names of a KMS key and a stack.
    pub fn new(client: Client, names: (String, String), times: (SharedClock, SharedRandom)) -> Self {
        Self(DataKeys::new(client, names, "user", times))
    }
}

impl Vault for KmsVault {
    fn seal<'a>(
        &'a self,
        user: &'a UserRef,
        id: &'a CredentialId,
        credential: &'a StoredCredential,
    ) -> BoxFuture<'a, Result<String, VaultError>> {
        Box::pin(async move {
            self.0.generate(user.as_str()).await?.seal(&place(user, id), &Plain::of(credential))
        })
    }

    /// Uses the data key of the replaced credential.
    fn renew<'a>(
        &'a self,
        user: &'a UserRef,
        id: &'a CredentialId,
        credential: &'a StoredCredential,
        replaced: &'a str,
    ) -> BoxFuture<'a, Result<String, VaultError>> {
        Box::pin(async move {
            let (wrapped, _) = split(replaced)?;
            self.0.last(user.as_str(), wrapped).await?.seal(&place(user, id), &Plain::of(credential))
        })
    }

    fn open<'a>(
        &'a self,
        user: &'a UserRef,
        id: &'a CredentialId,
        sealed: &'a str,
    ) -> BoxFuture<'a, Result<StoredCredential, VaultError>> {
        Box::pin(
            async move { self.0.open(user.as_str(), &place(user, id), sealed).await.map(Plain::credential) },
        )
    }

    fn seal_own<'a>(
        &'a self,
        user: &'a UserRef,
        server: &'a ConnectedServer,
        credential: &'a OwnCredential,
    ) -> BoxFuture<'a, Result<String, VaultError>> {
        Box::pin(async move {
            let key = self.0.generate(user.as_str()).await?;
            key.seal(&server.place(user), &PlainOwn::of(credential))
        })
    }

    fn open_own<'a>(
        &'a self,
        user: &'a UserRef,
        server: &'a ConnectedServer,
        sealed: &'a str,
    ) -> BoxFuture<'a, Result<OwnCredential, VaultError>> {
        Box::pin(async move {
            let plain: PlainOwn = self.0.open(user.as_str(), &server.place(user), sealed).await?;
            Ok(plain.credential())
        })
    }
}
