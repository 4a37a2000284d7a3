//! Data keys that one KMS key wraps. A value that is sealed under one carries it, wrapped, in front.
//!
//! KMS unwraps a data key only for the owner and the stack that it was made for: both are in its encryption context.

use std::time::Duration;

use aws_sdk_kms::Client;
use aws_sdk_kms::operation::decrypt::DecryptError;
use aws_sdk_kms::primitives::Blob;
use aws_sdk_kms::types::DataKeySpec;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use oauth::seal::Sealer;
use primitives::clock::SharedClock;
use primitives::random::SharedRandom;
use primitives::timed::TimedMap;
use serde::Serialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use super::VaultError;
use crate::aws_error::cause;

/// How long an unwrapped key is cached.
const REMEMBERED: Duration = Duration::from_mins(5);

/// The data keys of one kind of owner.
pub(super) struct DataKeys {
    client: Client,
    key: String,
    stack: String,
    /// The member of the encryption context that names the owner of a data key. The policies of the functions tell users
    /// and workspaces apart by it.
    owner: &'static str,
    clock: SharedClock,
    random: SharedRandom,
    /// Unwrapped keys, by owner and wrapped key. A wrapped key never changes, so there is no other version of it.
    opened: TimedMap<(String, String), Sealer>,
}

/// One data key.
pub(super) struct DataKey {
    /// As KMS wrapped it.
    pub(super) wrapped: String,
    sealer: Sealer,
}

impl DataKey {
    /// The sealed value together with the wrapped key.
    pub(super) fn seal(&self, place: &str, plain: &impl Serialize) -> Result<String, VaultError> {
        let sealed = self.sealer.seal(place, plain);
        let sealed = sealed.map_err(|error| VaultError::unavailable("vault.seal", error.to_string()))?;
        Ok(format!("{}.{sealed}", self.wrapped))
    }
}

impl DataKeys {
    pub(super) fn new(
        client: Client,
        (key, stack): (String, String),
        owner: &'static str,
        (clock, random): (SharedClock, SharedRandom),
    ) -> Self {
        Self { client, key, stack, owner, clock, random, opened: TimedMap::new(REMEMBERED) }
    }

    /// A new key. One call.
    pub(super) async fn generate(&self, owner: &str) -> Result<DataKey, VaultError> {
        let operation = "vault.wrap";
        let answer = self
            .client
            .generate_data_key()
            .key_id(&self.key)
            .key_spec(DataKeySpec::Aes256)
            .encryption_context(self.owner, owner)
            .encryption_context("stack", &self.stack)
            .send()
            .await
            .map_err(|error| VaultError::unavailable(operation, cause(&error)))?;
        let (Some(plain), Some(wrapped)) = (answer.plaintext, answer.ciphertext_blob) else {
            return Err(VaultError::unavailable(operation, "no key"));
        };
        Ok(DataKey { wrapped: URL_SAFE_NO_PAD.encode(wrapped), sealer: self.sealer(operation, plain)? })
    }

    /// Unwraps a key. At most one call.
    pub(super) async fn unwrap(&self, owner: &str, wrapped: &str) -> Result<DataKey, VaultError> {
        let operation = "vault.unwrap";
        let (now, name) = (self.clock.now(), (owner.to_owned(), wrapped.to_owned()));
        if let Some(sealer) = self.opened.get(&name, now) {
            return Ok(DataKey { wrapped: name.1, sealer });
        }
        let blob = URL_SAFE_NO_PAD.decode(wrapped).map_err(|_| VaultError::Unopenable)?;
        let answer = self
            .client
            .decrypt()
            .key_id(&self.key)
            .ciphertext_blob(Blob::new(blob))
            .encryption_context(self.owner, owner)
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
        Ok(DataKey { wrapped: wrapped.to_owned(), sealer })
    }

    /// Unwraps a key that has just been used: this needs no call, even if the cached key has expired since.
    pub(super) async fn last(&self, owner: &str, wrapped: &str) -> Result<DataKey, VaultError> {
        match self.opened.last(&(owner.to_owned(), wrapped.to_owned())) {
            Some(sealer) => Ok(DataKey { wrapped: wrapped.to_owned(), sealer }),
            None => self.unwrap(owner, wrapped).await,
        }
    }

    /// Caches a new key, for an owner whose values are opened where they are sealed.
    pub(super) fn remember(&self, owner: &str, key: &DataKey) {
        let name = (owner.to_owned(), key.wrapped.clone());
        self.opened.put(name, key.sealer.clone(), self.clock.now());
    }

    /// Opens a value with the wrapped key that it carries.
    pub(super) async fn open<T: DeserializeOwned>(
        &self,
        owner: &str,
        place: &str,
        sealed: &str,
    ) -> Result<T, VaultError> {
        let (wrapped, sealed) = split(sealed)?;
        let key = self.unwrap(owner, wrapped).await?;
        key.sealer.open(place, sealed).map_err(|_| VaultError::Unopenable)
    }

    fn sealer(&self, operation: &'static str, plain: Blob) -> Result<Sealer, VaultError> {
        let plain = Zeroizing::new(plain.into_inner());
        let key = <&[u8; 32]>::try_from(plain.as_slice())
            .map_err(|_| VaultError::unavailable(operation, "a key of another size"))?;
        Sealer::under(key, self.random.clone())
            .map_err(|error| VaultError::unavailable(operation, error.to_string()))
    }
}

/// The wrapped key of a sealed value, and the rest.
pub(super) fn split(sealed: &str) -> Result<(&str, &str), VaultError> {
    sealed.split_once('.').ok_or(VaultError::Unopenable)
}
