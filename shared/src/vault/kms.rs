//! The envelope vault with KMS: each credential is sealed in the `vault` table under a separate data key, which is
//! stored beside it, wrapped by one KMS key. For stacks with more users than Secrets Manager supports, or than anybody
//! wants to pay for there.
//!
//! KMS unwraps a data key only for the user and the stack that it was made for: both are in its encryption context.

use std::time::Duration;

use aws_sdk_kms::Client;
use aws_sdk_kms::operation::decrypt::DecryptError;
use aws_sdk_kms::primitives::Blob;
use aws_sdk_kms::types::DataKeySpec;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::future::BoxFuture;
use oauth::seal::Sealer;
use primitives::clock::SharedClock;
use primitives::ids::{CredentialId, UserRef, WorkspaceId};
use primitives::random::SharedRandom;
use primitives::secret::Secret;
use primitives::timed::TimedMap;
use serde::Serialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use super::credential::{Plain, StoredCredential};
use super::own_credential::{ConnectedServer, OwnCredential, PlainOwn};
use super::workspace::{WorkspaceVault, context};
use super::{Vault, VaultError, place};
use crate::aws_error::cause;

/// How long an unwrapped key is cached.
const REMEMBERED: Duration = Duration::from_mins(5);

/// Seals under data keys that one KMS key wraps.
pub struct KmsVault {
    client: Client,
    key: String,
    stack: String,
    /// The member of the encryption context that names the owner of a data key.
    owner: &'static str,
    clock: SharedClock,
    random: SharedRandom,
    /// Unwrapped keys, by user and wrapped key. A wrapped key never changes, so there is no other version of it.
    opened: TimedMap<(UserRef, String), Sealer>,
}

impl KmsVault {
    /// A vault for this stack, with this KMS key.
    pub fn new(
        client: Client,
        (key, stack): (String, String),
        (clock, random): (SharedClock, SharedRandom),
    ) -> Self {
        Self { client, key, stack, owner: "user", clock, random, opened: TimedMap::new(REMEMBERED) }
    }

    /// The same vault for secrets of workspaces: KMS unwraps no user's data key for it, and the policies of the functions
    /// tell the two apart.
    #[must_use]
    pub fn for_workspaces(mut self) -> Self {
        self.owner = "workspace";
        self
    }

    async fn wrap(&self, user: &UserRef) -> Result<(String, Sealer), VaultError> {
        let operation = "vault.wrap";
        let answer = self
            .client
            .generate_data_key()
            .key_id(&self.key)
            .key_spec(DataKeySpec::Aes256)
            .encryption_context(self.owner, user.as_str())
            .encryption_context("stack", &self.stack)
            .send()
            .await
            .map_err(|error| VaultError::unavailable(operation, cause(&error)))?;
        let (Some(plain), Some(wrapped)) = (answer.plaintext, answer.ciphertext_blob) else {
            return Err(VaultError::unavailable(operation, "no key"));
        };
        Ok((URL_SAFE_NO_PAD.encode(wrapped), self.sealer(operation, plain)?))
    }

    async fn unwrap(&self, user: &UserRef, wrapped: &str) -> Result<Sealer, VaultError> {
        let operation = "vault.unwrap";
        let (now, name) = (self.clock.now(), (user.clone(), wrapped.to_owned()));
        if let Some(sealer) = self.opened.get(&name, now) {
            return Ok(sealer);
        }
        let blob = URL_SAFE_NO_PAD.decode(wrapped).map_err(|_| VaultError::Unopenable)?;
        let answer = self
            .client
            .decrypt()
            .key_id(&self.key)
            .ciphertext_blob(Blob::new(blob))
            .encryption_context(self.owner, user.as_str())
            .encryption_context("stack", &self.stack)
            .send()
            .await
            .map_err(|error| match error.as_service_error() {
                Some(
                    DecryptError::InvalidCiphertextException(_) | DecryptError::IncorrectKeyException(_),
                ) => VaultError::Unopenable,
                _ => VaultError::unavailable(operation, cause(&error)),
            })?;
        let plain = answer.plaintext.ok_or_else(|| VaultError::unavailable(operation, "no key"))?;
        let sealer = self.sealer(operation, plain)?;
        self.opened.put(name, sealer.clone(), now);
        Ok(sealer)
    }

    /// A value that was sealed with its wrapped data key.
    async fn opened<T: DeserializeOwned>(
        &self,
        user: &UserRef,
        place: &str,
        sealed: &str,
    ) -> Result<T, VaultError> {
        let (wrapped, sealed) = sealed.split_once('.').ok_or(VaultError::Unopenable)?;
        let key = self.unwrap(user, wrapped).await?;
        key.open(place, sealed).map_err(|_| VaultError::Unopenable)
    }

    fn sealer(&self, operation: &'static str, plain: Blob) -> Result<Sealer, VaultError> {
        let plain = Zeroizing::new(plain.into_inner());
        let key = <&[u8; 32]>::try_from(plain.as_slice())
            .map_err(|_| VaultError::unavailable(operation, "a key of another size"))?;
        Sealer::under(key, self.random.clone())
            .map_err(|error| VaultError::unavailable(operation, error.to_string()))
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
            let (wrapped, key) = self.wrap(user).await?;
            seal_with_wrapped_key(&wrapped, &key, &place(user, id), &Plain::of(credential))
        })
    }

    /// Uses the data key of the replaced credential, which has just been opened: this needs no call to KMS, even if the
    /// cached key has expired during the refresh.
    fn renew<'a>(
        &'a self,
        user: &'a UserRef,
        id: &'a CredentialId,
        credential: &'a StoredCredential,
        replaced: &'a str,
    ) -> BoxFuture<'a, Result<String, VaultError>> {
        Box::pin(async move {
            let (wrapped, _) = replaced.split_once('.').ok_or(VaultError::Unopenable)?;
            let key = match self.opened.last(&(user.clone(), wrapped.to_owned())) {
                Some(key) => key,
                None => self.unwrap(user, wrapped).await?,
            };
            seal_with_wrapped_key(wrapped, &key, &place(user, id), &Plain::of(credential))
        })
    }

    fn open<'a>(
        &'a self,
        user: &'a UserRef,
        id: &'a CredentialId,
        sealed: &'a str,
    ) -> BoxFuture<'a, Result<StoredCredential, VaultError>> {
        Box::pin(async move { self.opened(user, &place(user, id), sealed).await.map(Plain::credential) })
    }

    fn seal_own<'a>(
        &'a self,
        user: &'a UserRef,
        server: &'a ConnectedServer,
        credential: &'a OwnCredential,
    ) -> BoxFuture<'a, Result<String, VaultError>> {
        Box::pin(async move {
            let (wrapped, key) = self.wrap(user).await?;
            seal_with_wrapped_key(&wrapped, &key, &server.place(user), &PlainOwn::of(credential))
        })
    }

    fn open_own<'a>(
        &'a self,
        user: &'a UserRef,
        server: &'a ConnectedServer,
        sealed: &'a str,
    ) -> BoxFuture<'a, Result<OwnCredential, VaultError>> {
        Box::pin(async move {
            let plain: PlainOwn = self.opened(user, &server.place(user), sealed).await?;
            Ok(plain.credential())
        })
    }
}

impl WorkspaceVault for KmsVault {
    fn seal_text<'a>(
        &'a self,
        workspace: &'a WorkspaceId,
        place: &'a str,
        text: &'a Secret,
    ) -> BoxFuture<'a, Result<String, VaultError>> {
        Box::pin(async move {
            let (wrapped, key) = self.wrap(&UserRef::new(workspace.as_str())).await?;
            seal_with_wrapped_key(&wrapped, &key, &context(workspace, place), &text.expose())
        })
    }

    fn open_text<'a>(
        &'a self,
        workspace: &'a WorkspaceId,
        place: &'a str,
        sealed: &'a str,
    ) -> BoxFuture<'a, Result<Secret, VaultError>> {
        Box::pin(async move {
            let owner = UserRef::new(workspace.as_str());
            self.opened::<String>(&owner, &context(workspace, place), sealed).await.map(Secret::new)
        })
    }
}

/// The sealed credential together with its wrapped data key.
fn seal_with_wrapped_key(
    wrapped: &str,
    key: &Sealer,
    place: &str,
    plain: &impl Serialize,
) -> Result<String, VaultError> {
    let sealed = key.seal(place, plain);
    let sealed = sealed.map_err(|error| VaultError::unavailable("vault.seal", error.to_string()))?;
    Ok(format!("{wrapped}.{sealed}"))
}
