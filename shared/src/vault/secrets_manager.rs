//! The vault in Secrets Manager: a secret a user, with a random data key and the API keys that the user has logged in
//! with. What rotates lies in the `vault` table, sealed under the data key: a secret must not be written often, and
//! deleting it shreds everything of its user's.

use std::sync::Arc;
use std::time::Duration;

use aws_sdk_secretsmanager::Client;
use futures_util::future::{BoxFuture, ready};
use serde::{Deserialize, Serialize};

use super::credential::{CredentialKind, Plain, StoredCredential};
use super::user_secret::{Current, Found, UserSecret, UserSecrets, key_id};
use super::{Vault, VaultError, place};
use crate::clock::SharedClock;
use crate::ids::{CredentialId, UserRef};
use crate::langsmith::ListedDataPlanes;
use crate::oauth::seal::Sealer;
use crate::random::SharedRandom;
use crate::secret::Secret;
use crate::timed::TimedMap;

/// How long a secret is remembered.
const REMEMBERED: Duration = Duration::from_mins(5);
/// How often a secret may be written: Secrets Manager piles versions up otherwise.
const WRITE_EVERY: Duration = Duration::from_mins(10);
/// How many API keys lie in a secret, which holds 64 kB. What does not fit, or comes too soon, is sealed like the rest.
const MAX_API_KEYS: usize = 16;
/// How often another instance may be faster.
const ATTEMPTS: u32 = 4;

/// Seals under data keys that lie in Secrets Manager.
pub struct SecretsManagerVault {
    secrets: UserSecrets,
    clock: SharedClock,
    random: SharedRandom,
    /// What is remembered of a user is used for what was sealed with that version or an earlier one.
    remembered: TimedMap<UserRef, Arc<Opened>>,
}

/// A secret that was read.
struct Opened {
    secret: UserSecret,
    sealer: Sealer,
}

/// What lies sealed in the `vault` table.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Held {
    /// The credential.
    Here(Plain),
    /// The name of the API key in the user's secret.
    InSecret(String),
    /// The same, and where the data of its workspaces is.
    InSecretWith { key: String, data_planes: ListedDataPlanes },
}

impl SecretsManagerVault {
    /// A vault whose secrets' names start with `prefix`.
    pub fn new(client: Client, prefix: String, (clock, random): (SharedClock, SharedRandom)) -> Self {
        let secrets = UserSecrets::new(client, prefix);
        Self { secrets, clock, random, remembered: TimedMap::new(REMEMBERED) }
    }

    fn remember(&self, user: &UserRef, secret: UserSecret) -> Result<Arc<Opened>, VaultError> {
        let opened = Arc::new(Opened { sealer: secret.sealer(self.random.clone())?, secret });
        self.remembered.put(user.clone(), opened.clone(), self.clock.now());
        Ok(opened)
    }

    /// The user's secret for sealing, made or restored if need be, with this API key in it if it may be written.
    async fn provide(&self, user: &UserRef, key: Option<&Secret>) -> Result<Arc<Opened>, VaultError> {
        let known = self.remembered.get(user, self.clock.now());
        let is_in = |secret: &UserSecret| key.is_none_or(|key| secret.api_key(&key_id(key)).is_some());
        if let Some(known) = known.filter(|known| is_in(&known.secret)) {
            return Ok(known);
        }
        for _ in 0..ATTEMPTS {
            let current = match self.secrets.read(user).await? {
                Found::Secret(current) => current,
                Found::Scheduled => {
                    self.secrets.restore(user).await?;
                    continue;
                }
                Found::Nothing => {
                    let fresh = UserSecret::fresh(self.random.as_ref());
                    let fresh = match key {
                        Some(key) => fresh.with(key),
                        None => fresh,
                    };
                    if self.secrets.create(user, &fresh, self.random.as_ref()).await? {
                        return self.remember(user, fresh);
                    }
                    // Either is faster than the next read may show; the next attempt finds it or says that it failed.
                    continue;
                }
            };
            let Some(key) = key.filter(|_| !is_in(&current.secret) && self.may_write(&current)) else {
                return self.remember(user, current.secret);
            };
            let next = current.secret.with(key);
            if self.secrets.replace(user, &current, &next).await? {
                return self.remember(user, next);
            }
        }
        Err(VaultError::unavailable("vault.secret", "other instances were faster each time"))
    }

    fn may_write(&self, current: &Current) -> bool {
        current.secret.api_keys.len() < MAX_API_KEYS && self.clock.now().since(current.written) >= WRITE_EVERY
    }

    /// The user's secret for opening what was sealed with this version of it.
    async fn find(&self, user: &UserRef, version: u64) -> Result<Arc<Opened>, VaultError> {
        let known = self.remembered.get(user, self.clock.now());
        if let Some(known) = known.filter(|known| known.secret.version >= version) {
            return Ok(known);
        }
        match self.secrets.read(user).await? {
            Found::Secret(current) => self.remember(user, current.secret),
            // The janitor takes it back when it sees a live grant; a login does so at once.
            Found::Scheduled => Err(VaultError::unavailable("vault.secret", "it waits for its deletion")),
            Found::Nothing => Err(VaultError::Unopenable),
        }
    }
}

impl Opened {
    fn seal(&self, place: &str, credential: &StoredCredential) -> Result<String, VaultError> {
        let id = credential.api_key().map(key_id).filter(|id| self.secret.api_key(id).is_some());
        let held = match (id, credential.data_planes.clone()) {
            (Some(key), Some(data_planes)) => Held::InSecretWith { key, data_planes },
            (Some(key), None) => Held::InSecret(key),
            (None, _) => Held::Here(Plain::of(credential)),
        };
        let sealed = self.sealer.seal(place, &held);
        let sealed = sealed.map_err(|error| VaultError::unavailable("vault.seal", error.to_string()))?;
        Ok(format!("{}.{sealed}", self.secret.version))
    }

    fn open(&self, place: &str, sealed: &str) -> Result<StoredCredential, VaultError> {
        let (id, data_planes) =
            match self.sealer.open::<Held>(place, sealed).map_err(|_| VaultError::Unopenable)? {
                Held::Here(plain) => return Ok(plain.credential()),
                Held::InSecret(id) => (id, None),
                Held::InSecretWith { key, data_planes } => (key, Some(data_planes)),
            };
        // The data key is the right one, so the secret is; it was read before its last write arrived everywhere.
        let key = self.secret.api_key(&id);
        let key = key.ok_or_else(|| VaultError::unavailable("vault.secret", "an old version"))?;
        Ok(StoredCredential { kind: CredentialKind::ApiKey(key), data_planes })
    }
}

impl Vault for SecretsManagerVault {
    fn seal<'a>(
        &'a self,
        user: &'a UserRef,
        id: &'a CredentialId,
        credential: &'a StoredCredential,
    ) -> BoxFuture<'a, Result<String, VaultError>> {
        Box::pin(
            async move { self.provide(user, credential.api_key()).await?.seal(&place(user, id), credential) },
        )
    }

    /// Under the data key that has just opened what it replaces, though the refresh may have outlasted the time for which
    /// that is remembered: Secrets Manager may refuse, or the secret may have been scheduled for its deletion.
    fn renew<'a>(
        &'a self,
        user: &'a UserRef,
        id: &'a CredentialId,
        credential: &'a StoredCredential,
        _replaced: &'a str,
    ) -> BoxFuture<'a, Result<String, VaultError>> {
        match self.remembered.last(user) {
            Some(opened) => Box::pin(ready(opened.seal(&place(user, id), credential))),
            None => self.seal(user, id, credential),
        }
    }

    fn open<'a>(
        &'a self,
        user: &'a UserRef,
        id: &'a CredentialId,
        sealed: &'a str,
    ) -> BoxFuture<'a, Result<StoredCredential, VaultError>> {
        Box::pin(async move {
            let (version, sealed) = sealed.split_once('.').ok_or(VaultError::Unopenable)?;
            let version = version.parse().map_err(|_| VaultError::Unopenable)?;
            self.find(user, version).await?.open(&place(user, id), sealed)
        })
    }

    fn prepare<'a>(&'a self, user: &'a UserRef) -> BoxFuture<'a, ()> {
        Box::pin(async move {
            // Any version will do: `open` knows which one it needs.
            let _read_again = self.find(user, 0).await;
        })
    }

    fn forget(&self, user: &UserRef) {
        self.remembered.remove(user);
    }
}
