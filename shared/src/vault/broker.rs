//! Provides working upstream credentials, and decides when one is dead.
//!
//! A credential ends for upstream reasons only when LangSmith's token endpoint says `invalid_grant`, or when it is
//! refused twice, at least 60 s apart and without success in between. For an API key, a refusal is a 401 from
//! `ls_user_id`; for a login, it is that the access token no longer works and LangSmith does not know the client with
//! which it was made, or has another issuer altogether. A login without a refresh token ends with its access token, and
//! one that a refresh would hand to another person ends at once. 403, 429, 5xx and timeouts never end one, and a burst
//! of endings stops itself: an outage at LangSmith must not log everybody out.

use std::sync::Arc;
use std::time::Duration;

use langsmith::oauth::{Discovery, UpstreamOAuth};
use langsmith::{Credential, LangSmith, ListedDataPlanes, OAuthMetadata, UpstreamError};
use primitives::clock::{SharedClock, Timestamp};
use primitives::ids::{CredentialId, UserRef};
use primitives::random::SharedRandom;
use primitives::timed::TimedMap;

use super::refresh::{Need, Refresher};
use super::{CredentialKind, SharedVault, StoredCredential};
use crate::store::{Store, StoreError, VaultItem};

/// The minimum time between two refusals that together mean that a credential is dead.
const CONFIRMATION: Duration = Duration::from_mins(1);
/// How long a login whose issuer is not the configured one is left alone before LangSmith's metadata is read again.
const CLIENT_GONE_FOR: Duration = Duration::from_secs(15);
/// How long a call waits for LangSmith's metadata before a refresh.
const PATIENCE: Duration = Duration::from_secs(8);
/// How long an opened credential is cached.
const REMEMBERED: Duration = Duration::from_mins(1);

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

    /// The locations of its workspaces' data that LangSmith listed at the login.
    pub const fn data_planes(&self) -> Option<&ListedDataPlanes> {
        self.stored.data_planes.as_ref()
    }

    /// Whether LangSmith has refused it before, and not accepted it since, as of the time when it was read.
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

/// The consequence of a 401 from LangSmith.
#[derive(Debug)]
pub enum Refusal {
    /// There is a newer credential: repeat the call once.
    Retry(OpenCredential),
    /// The credential is dead: the grant ends.
    Dead,
    /// The call failed, but the credential may still be alive.
    Transient,
}

/// Provides credentials.
#[derive(Clone)]
pub struct Broker {
    pub(super) store: Store,
    pub(super) vault: SharedVault,
    pub(super) langsmith: LangSmith,
    pub(super) upstream: Arc<UpstreamOAuth>,
    pub(super) clock: SharedClock,
    pub(super) random: SharedRandom,
    pub(super) discovery: Discovery,
    pub(super) client_gone: Arc<TimedMap<(UserRef, CredentialId), ()>>,
    remembered: Arc<TimedMap<(UserRef, CredentialId), OpenCredential>>,
}

impl Broker {
    /// A broker with an empty cache.
    pub fn new(
        store: Store,
        vault: SharedVault,
        langsmith: LangSmith,
        upstream: UpstreamOAuth,
        (clock, random): (SharedClock, SharedRandom),
    ) -> Self {
        let discovery = Discovery::new(langsmith.clone(), clock.clone());
        Self {
            store,
            vault,
            langsmith,
            upstream: Arc::new(upstream),
            clock,
            random,
            discovery,
            client_gone: Arc::new(TimedMap::new(CLIENT_GONE_FOR)),
            remembered: Arc::new(TimedMap::new(REMEMBERED)),
        }
    }

    /// The credential of a grant, refreshed first when that is due. No round trip while it is cached, otherwise one.
    ///
    /// A credential that could not be refreshed just now is returned as it is: whether it still works is LangSmith's
    /// decision, and a refused call ends as a retryable tool error.
    pub async fn current(&self, user: &UserRef, id: &CredentialId) -> Result<OpenCredential, BrokerError> {
        let key = (user.clone(), id.clone());
        let now = self.clock.now();
        if let Some(live) = self.remembered.get(&key, now).filter(|live| !live.is_ageing(now)) {
            return Ok(live);
        }
        let live = self.read(user, id).await?;
        if !live.is_ageing(now) {
            self.remembered.put(key, live.clone(), now);
            return Ok(live);
        }
        match Box::pin(Refresher::new(self).run(&live, Need::Soon)).await {
            Err(BrokerError::Busy) => Ok(live),
            outcome => outcome,
        }
    }

    /// Judges a 401 that LangSmith returned for `refused`, the credential of this user and id.
    pub async fn refused(
        &self,
        user: &UserRef,
        id: &CredentialId,
        refused: &Credential,
    ) -> Result<Refusal, StoreError> {
        self.remembered.remove(&(user.clone(), id.clone()));
        self.vault.forget(user);
        let live = match self.read(user, id).await {
            Ok(live) => live,
            Err(BrokerError::Dead) => return Ok(Refusal::Dead),
            Err(BrokerError::Busy) => return Ok(Refusal::Transient),
            Err(BrokerError::Store(error)) => return Err(error),
        };
        // Another instance has refreshed in the meantime.
        if !same(&live.upstream(), refused) {
            return Ok(Refusal::Retry(live));
        }
        match &live.stored.kind {
            CredentialKind::OAuth(_) => match Box::pin(Refresher::new(self).run(&live, Need::Now)).await {
                Ok(renewed) => Ok(Refusal::Retry(renewed)),
                Err(BrokerError::Dead) => Ok(Refusal::Dead),
                Err(BrokerError::Busy) => Ok(Refusal::Transient),
                Err(BrokerError::Store(error)) => Err(error),
            },
            CredentialKind::ApiKey(_) => self.refused_key(&live).await,
        }
    }

    /// Records that LangSmith accepted a suspected credential: the next refusal counts as a first one again.
    pub async fn accepted(&self, user: &UserRef, id: &CredentialId) -> Result<(), BrokerError> {
        self.remembered.remove(&(user.clone(), id.clone()));
        let live = self.read(user, id).await?;
        Ok(self.store.vault.suspect(&live.item, None).await?)
    }

    async fn refused_key(&self, live: &OpenCredential) -> Result<Refusal, StoreError> {
        match self.langsmith.caller(&live.upstream(), None).ls_user_id().await {
            Err(UpstreamError::Unauthorized) if self.is_confirmed(live).await? => Ok(Refusal::Dead),
            Ok(_) if live.item.suspect_since.is_some() => {
                self.store.vault.suspect(&live.item, None).await?;
                Ok(Refusal::Transient)
            }
            Ok(_) | Err(_) => Ok(Refusal::Transient),
        }
    }

    /// Counts a refusal that may be LangSmith's fault: the second one ends the credential if it comes long enough after
    /// the first, without success in between.
    pub(super) async fn is_confirmed(&self, live: &OpenCredential) -> Result<bool, StoreError> {
        let now = self.clock.now();
        let age = live.item.suspect_since.map(|since| now.since(Timestamp::from_secs(since)));
        match age {
            Some(age) if age < CONFIRMATION => Ok(false),
            Some(_) => self.mark_dead(live, None).await,
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
    pub(super) async fn mark_dead(
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

fn same(one: &Credential, other: &Credential) -> bool {
    match (one, other) {
        (Credential::ApiKey(one), Credential::ApiKey(other))
        | (Credential::Bearer(one), Credential::Bearer(other)) => one.fingerprint() == other.fingerprint(),
        (Credential::ApiKey(_), Credential::Bearer(_)) | (Credential::Bearer(_), Credential::ApiKey(_)) => {
            false
        }
    }
}
