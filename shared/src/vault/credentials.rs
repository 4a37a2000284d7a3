//! Reading, opening and ending of the vault's credentials: the common part of the broker and the refresher.

use std::sync::Arc;
use std::time::Duration;

use langsmith::oauth::{Discovery, UpstreamOAuth};
use langsmith::{Credential, LangSmith, ListedDataPlanes, OAuthMetadata};
use primitives::clock::{SharedClock, Timestamp};
use primitives::ids::{CredentialId, UserRef};
use primitives::random::SharedRandom;
use primitives::timed::TimedMap;

use super::{SharedVault, StoredCredential};
use crate::store::{Store, StoreError, VaultItem};

/// The minimum time between two refusals that end a credential.
const CONFIRMATION: Duration = Duration::from_mins(1);
/// How long a login of another issuer is left alone before LangSmith's metadata is read again.
const CLIENT_GONE_FOR: Duration = Duration::from_secs(15);
/// How long a call waits for LangSmith's metadata before a refresh.
const PATIENCE: Duration = Duration::from_secs(8);

/// A usable credential.
#[derive(Clone, Debug)]
pub struct OpenCredential {
    pub(super) item: Arc<VaultItem>,
    pub(super) stored: StoredCredential,
}

impl OpenCredential {
    /// The credential to send upstream.
    pub fn upstream(&self) -> Credential {
        self.stored.upstream()
    }

    /// The data planes of its workspaces, as listed by LangSmith at login.
    pub const fn data_planes(&self) -> Option<&ListedDataPlanes> {
        self.stored.data_planes.as_ref()
    }

    /// Whether it was under suspicion when read: refused by LangSmith, and not accepted since.
    pub fn is_suspect(&self) -> bool {
        self.item.suspect_since.is_some()
    }

    pub(super) fn is_ageing(&self, now: Timestamp) -> bool {
        self.stored.tokens().is_some_and(|tokens| tokens.is_ageing(now))
    }

    pub(super) fn is_expired(&self, now: Timestamp) -> bool {
        self.stored.tokens().is_some_and(|tokens| tokens.is_expired(now))
    }
}

/// Why there is no usable credential.
#[derive(Debug, thiserror::Error)]
pub enum BrokerError {
    /// LangSmith declared it dead, or it no longer exists: the grant ends and the person logs in again.
    #[error("the upstream credential is dead")]
    Dead,
    /// It has expired and could not be refreshed just now. Nothing is lost.
    #[error("the upstream credential cannot be refreshed just now")]
    Busy,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Access to the vault's credentials, with the dependencies of a renewal.
#[derive(Clone)]
pub(super) struct Credentials {
    pub(super) store: Store,
    pub(super) vault: SharedVault,
    pub(super) langsmith: LangSmith,
    pub(super) upstream: Arc<UpstreamOAuth>,
    pub(super) clock: SharedClock,
    pub(super) random: SharedRandom,
    pub(super) discovery: Discovery,
    /// Logins of another issuer than the one in LangSmith's metadata.
    pub(super) client_gone: Arc<TimedMap<(UserRef, CredentialId), ()>>,
}

impl Credentials {
    pub(super) fn new(
        store: Store,
        vault: SharedVault,
        langsmith: LangSmith,
        upstream: UpstreamOAuth,
        (clock, random): (SharedClock, SharedRandom),
    ) -> Self {
        let discovery = Discovery::new(langsmith.clone(), clock.clone());
        let client_gone = Arc::new(TimedMap::new(CLIENT_GONE_FOR));
        Self { store, vault, langsmith, upstream: Arc::new(upstream), clock, random, discovery, client_gone }
    }

    /// Counts a refusal that may be LangSmith's fault: the second one ends the credential if it comes long enough after
    /// the first, without success in between.
    pub(super) async fn is_confirmed(&self, live: &OpenCredential) -> Result<bool, StoreError> {
        let now = self.clock.now();
        let age = live.item.suspect_since.map(|since| now.since(Timestamp::from_secs(since)));
        match age {
            Some(age) if age < CONFIRMATION => Ok(false),
            Some(_) => self.end(live, None).await,
            None => {
                tracing::warn!("LangSmith refuses a credential; it ends if that is so in a minute, too");
                self.store.vault.suspect(&live.item, Some(now)).await?;
                Ok(false)
            }
        }
    }

    /// The metadata of LangSmith's authorization server, if it can be read.
    pub(super) async fn metadata(&self) -> Option<OAuthMetadata> {
        self.discovery.ask_within(PATIENCE).await.ok().flatten()
    }

    pub(super) async fn read(
        &self,
        user: &UserRef,
        id: &CredentialId,
    ) -> Result<OpenCredential, BrokerError> {
        let (item, ()) = tokio::join!(self.store.vault.get(user, id), self.vault.prepare(user));
        self.opened(item?.filter(|item| !item.dead).ok_or(BrokerError::Dead)?).await
    }

    pub(super) async fn opened(&self, item: VaultItem) -> Result<OpenCredential, BrokerError> {
        let stored = self.vault.open(&item.user_ref, &item.credential_id, &item.sealed).await?;
        Ok(OpenCredential { item: Arc::new(item), stored })
    }

    /// Ends a credential, unless too many have just ended.
    pub(super) async fn end(
        &self,
        live: &OpenCredential,
        lease_id: Option<&str>,
    ) -> Result<bool, StoreError> {
        if !self.store.keys.may_end_credential(&live.item.credential_id, self.clock.now()).await? {
            tracing::error!(
                alarm = "credential_endings",
                "too many credentials end at once; ending no more of them"
            );
            return Ok(false);
        }
        self.store.vault.mark_dead(&live.item, lease_id, &self.store.sessions).await
    }
}
