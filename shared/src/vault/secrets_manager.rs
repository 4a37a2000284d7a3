//! The vault in Secrets Manager: one secret per user, with a random data key and the API keys that the user has logged
//! in with. Rotating tokens are in the `vault` table, sealed under the data key: a secret must not be written often,
//! and deleting it shreds all of its user's data.

use std::sync::Arc;
use std::time::Duration;

use aws_sdk_secretsmanager::Client;
use futures_util::future::{BoxFuture, ready};
use langsmith::ListedDataPlanes;
use oauth::seal::Sealer;
use primitives::clock::SharedClock;
use primitives::ids::{CredentialId, UserRef, WorkspaceId};
use primitives::random::SharedRandom;
use primitives::secret::Secret;
use primitives::timed::TimedMap;
use serde::{Deserialize, Serialize};

use super::credential::{CredentialKind, Plain, StoredCredential};
use super::own_credential::{ConnectedServer, OwnCredential, PlainOwn};
use super::user_secret::{Current, StoredSecret, UserSecret, UserSecrets, key_id};
use super::workspace::{WorkspaceVault, context};
use super::{Vault, VaultError, place};

/// How long a secret is cached.
const REMEMBERED: Duration = Duration::from_mins(5);
/// The minimum time between two writes of a secret: otherwise Secrets Manager would accumulate versions.
const WRITE_EVERY: Duration = Duration::from_mins(10);
/// How many API keys a secret (64 kB) stores. Those that do not fit, or come too soon, are sealed like tokens.
const MAX_API_KEYS: usize = 16;
/// How many attempts are made when other instances are faster.
const ATTEMPTS: u32 = 4;

/// Seals under data keys in Secrets Manager.
pub struct SecretsManagerVault {
    secrets: UserSecrets,
    clock: SharedClock,
    random: SharedRandom,
    /// A user's cached secret serves for everything sealed with its version or an earlier one.
    remembered: TimedMap<UserRef, Arc<Opened>>,
}

/// A secret, and the sealer under its data key.
struct Opened {
    secret: UserSecret,
    sealer: Sealer,
}

/// The sealed content in the `vault` table.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Held {
    /// The credential.
    Here(Plain),
    /// The name of the API key in the user's secret.
    InSecret(String),
    /// The name of the API key, and the locations of its workspaces' data.
    InSecretWith { key: String, data_planes: ListedDataPlanes },
}

impl SecretsManagerVault {
    /// A vault with this prefix of the secrets' names.
    pub fn new(client: Client, prefix: String, (clock, random): (SharedClock, SharedRandom)) -> Self {
        let secrets = UserSecrets::new(client, prefix);
        Self { secrets, clock, random, remembered: TimedMap::new(REMEMBERED) }
    }

    fn remember(&self, user: &UserRef, secret: UserSecret) -> Result<Arc<Opened>, VaultError> {
        let opened = Arc::new(Opened { sealer: secret.sealer(self.random.clone())?, secret });
        self.remembered.put(user.clone(), opened.clone(), self.clock.now());
        Ok(opened)
    }

    /// The user's secret for sealing, created or restored if necessary, and with this API key added if a write is
    /// permitted.
    async fn provide(&self, user: &UserRef, key: Option<&Secret>) -> Result<Arc<Opened>, VaultError> {
        let known = self.remembered.get(user, self.clock.now());
        let is_in = |secret: &UserSecret| key.is_none_or(|key| secret.api_key(&key_id(key)).is_some());
        if let Some(known) = known.filter(|known| is_in(&known.secret)) {
            return Ok(known);
        }
        for _ in 0..ATTEMPTS {
            let current = match self.secrets.read(user).await? {
                StoredSecret::Secret(current) => current,
                StoredSecret::Scheduled => {
                    self.secrets.restore(user).await?;
                    continue;
                }
                StoredSecret::Nothing => {
                    let fresh = UserSecret::fresh(self.random.as_ref());
                    let fresh = match key {
                        Some(key) => fresh.with(key),
                        None => fresh,
                    };
                    if self.secrets.create(user, &fresh, self.random.as_ref()).await? {
                        return self.remember(user, fresh);
                    }
                    // The next read may not show the new secret yet; another attempt finds it or fails.
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

    /// The user's secret for opening a sealed value, and the value without the version of its secret.
    async fn find_for<'s>(
        &self,
        user: &UserRef,
        sealed: &'s str,
    ) -> Result<(Arc<Opened>, &'s str), VaultError> {
        let (version, sealed) = sealed.split_once('.').ok_or(VaultError::Unopenable)?;
        let version = version.parse().map_err(|_| VaultError::Unopenable)?;
        Ok((self.find(user, version).await?, sealed))
    }

    /// The user's secret for opening a value that was sealed with the given version.
    async fn find(&self, user: &UserRef, version: u64) -> Result<Arc<Opened>, VaultError> {
        let known = self.remembered.get(user, self.clock.now());
        if let Some(known) = known.filter(|known| known.secret.version >= version) {
            return Ok(known);
        }
        match self.secrets.read(user).await? {
            StoredSecret::Secret(current) => self.remember(user, current.secret),
            // The janitor restores it when it sees a live grant; a login does so at once.
            StoredSecret::Scheduled => {
                Err(VaultError::unavailable("vault.secret", "it waits for its deletion"))
            }
            StoredSecret::Nothing => Err(VaultError::Unopenable),
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
        self.seal_plain(place, &held)
    }

    /// The value under the data key, with the version of the secret.
    fn seal_plain(&self, place: &str, plain: &impl Serialize) -> Result<String, VaultError> {
        let sealed = self.sealer.seal(place, plain);
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
        // The data key fits, so it is the right secret; the read did not see its last write yet.
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

    /// Uses the data key that has just opened the replaced credential, even if its cache entry has expired during the
    /// refresh: Secrets Manager may refuse, or the secret may be scheduled for deletion.
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
            let (opened, sealed) = self.find_for(user, sealed).await?;
            opened.open(&place(user, id), sealed)
        })
    }

    /// Under the user's data key, not in the secret: that has its places for the keys of logins.
    fn seal_own<'a>(
        &'a self,
        user: &'a UserRef,
        server: &'a ConnectedServer,
        credential: &'a OwnCredential,
    ) -> BoxFuture<'a, Result<String, VaultError>> {
        Box::pin(async move {
            let opened = self.provide(user, None).await?;
            opened.seal_plain(&server.place(user), &PlainOwn::of(credential))
        })
    }

    fn open_own<'a>(
        &'a self,
        user: &'a UserRef,
        server: &'a ConnectedServer,
        sealed: &'a str,
    ) -> BoxFuture<'a, Result<OwnCredential, VaultError>> {
        Box::pin(async move {
            let (opened, sealed) = self.find_for(user, sealed).await?;
            let plain = opened.sealer.open::<PlainOwn>(&server.place(user), sealed);
            plain.map(|plain| plain.credential()).map_err(|_| VaultError::Unopenable)
        })
    }

    fn prepare<'a>(&'a self, user: &'a UserRef) -> BoxFuture<'a, ()> {
        Box::pin(async move {
            // Any version will do: `open` checks which one it needs.
            let _read_again = self.find(user, 0).await;
        })
    }

    fn forget(&self, user: &UserRef) {
        self.remembered.remove(user);
    }
}

/// A vault whose prefix is that of the workspaces' secrets: each has one, like a user, with a data key and no API keys.
impl WorkspaceVault for SecretsManagerVault {
    fn seal_text<'a>(
        &'a self,
        workspace: &'a WorkspaceId,
        place: &'a str,
        text: &'a Secret,
    ) -> BoxFuture<'a, Result<String, VaultError>> {
        Box::pin(async move {
            let opened = self.provide(&owner(workspace), None).await?;
            opened.seal_plain(&context(workspace, place), &text.expose())
        })
    }

    fn open_text<'a>(
        &'a self,
        workspace: &'a WorkspaceId,
        place: &'a str,
        sealed: &'a str,
    ) -> BoxFuture<'a, Result<Secret, VaultError>> {
        Box::pin(async move {
            let (opened, sealed) = self.find_for(&owner(workspace), sealed).await?;
            let text = opened.sealer.open::<String>(&context(workspace, place), sealed);
            text.map(Secret::new).map_err(|_| VaultError::Unopenable)
        })
    }
}

/// The name of a workspace's secret behind the prefix.
fn owner(workspace: &WorkspaceId) -> UserRef {
    UserRef::new(workspace.as_str())
}
