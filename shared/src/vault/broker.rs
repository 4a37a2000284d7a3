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

use langsmith::oauth::UpstreamOAuth;
use langsmith::{Credential, LangSmith, UpstreamError};
use primitives::clock::SharedClock;
use primitives::ids::{CredentialId, UserRef};
use primitives::random::SharedRandom;
use primitives::timed::TimedMap;

use super::credentials::{BrokerError, Credentials, OpenCredential};
use super::refresh::{Need, Refresher};
use super::{CredentialKind, SharedVault};
use crate::store::{Store, StoreError};

/// How long an opened credential is cached.
const REMEMBERED: Duration = Duration::from_mins(1);

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
    credentials: Credentials,
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
        let credentials = Credentials::new(store, vault, langsmith, upstream, (clock, random));
        Self { credentials, remembered: Arc::new(TimedMap::new(REMEMBERED)) }
    }

    /// The credential of a grant, refreshed first when that is due. No round trip while it is cached, otherwise one.
    ///
    /// A credential that could not be refreshed just now is returned as it is: whether it still works is LangSmith's
    /// decision, and a refused call ends as a retryable tool error.
    pub async fn current(&self, user: &UserRef, id: &CredentialId) -> Result<OpenCredential, BrokerError> {
        let key = (user.clone(), id.clone());
        let now = self.credentials.clock.now();
        if let Some(live) = self.remembered.get(&key, now).filter(|live| !live.is_ageing(now)) {
            return Ok(live);
        }
        let live = self.credentials.read(user, id).await?;
        if !live.is_ageing(now) {
            self.remembered.put(key, live.clone(), now);
            return Ok(live);
        }
        match Box::pin(Refresher::new(&self.credentials).run(&live, Need::Soon)).await {
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
        self.credentials.vault.forget(user);
        let live = match self.credentials.read(user, id).await {
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
            CredentialKind::OAuth(_) => {
                match Box::pin(Refresher::new(&self.credentials).run(&live, Need::Now)).await {
                    Ok(renewed) => Ok(Refusal::Retry(renewed)),
                    Err(BrokerError::Dead) => Ok(Refusal::Dead),
                    Err(BrokerError::Busy) => Ok(Refusal::Transient),
                    Err(BrokerError::Store(error)) => Err(error),
                }
            }
            CredentialKind::ApiKey(_) => self.refused_key(&live).await,
        }
    }

    /// Records that LangSmith accepted a suspected credential: the next refusal counts as a first one again.
    pub async fn accepted(&self, user: &UserRef, id: &CredentialId) -> Result<(), BrokerError> {
        self.remembered.remove(&(user.clone(), id.clone()));
        let live = self.credentials.read(user, id).await?;
        Ok(self.credentials.store.vault.suspect(&live.item, None).await?)
    }

    async fn refused_key(&self, live: &OpenCredential) -> Result<Refusal, StoreError> {
        match self.credentials.langsmith.caller(&live.upstream(), None).ls_user_id().await {
            Err(UpstreamError::Unauthorized) if self.credentials.is_confirmed(live).await? => {
                Ok(Refusal::Dead)
            }
            Ok(_) if live.item.suspect_since.is_some() => {
                self.credentials.store.vault.suspect(&live.item, None).await?;
                Ok(Refusal::Transient)
            }
            Ok(_) | Err(_) => Ok(Refusal::Transient),
        }
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
