//! Refreshing an upstream token under a lease, so that two instances never use the same rotating refresh token.

use std::sync::Arc;
use std::time::Duration;

use langsmith::{Credential, OAuthMetadata, OAuthTokenError};
use primitives::clock::Timestamp;
use primitives::deadline::Deadline;
use primitives::ids::{CredentialId, UserRef};
use primitives::random;
use primitives::secret::Secret;
use tracing::Instrument as _;

use super::credentials::{BrokerError, Credentials, OpenCredential};
use super::{IdentifiedBy, OAuthTokens, StoredCredential};
use crate::store::StoreError;

/// How long a caller with an expired token waits for the instance that holds the lease.
const WAIT: Duration = Duration::from_secs(10);
/// How often it polls.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// How long a refresh waits for the identity behind its tokens.
const IDENTITY: Duration = Duration::from_secs(3);

/// The minimum time between a failed refresh and the next attempt.
const RETRY: Duration = Duration::from_secs(15);

/// How urgently the caller needs a new token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Need {
    /// The old one may still work.
    Soon,
    /// LangSmith has just refused the old one.
    Now,
}

/// Refreshes one credential.
pub(super) struct Refresher<'a>(&'a Credentials);

impl<'a> Refresher<'a> {
    pub(super) const fn new(credentials: &'a Credentials) -> Self {
        Self(credentials)
    }

    /// A renewed credential. All other look-ups precede the lease, so that under it there is one upstream call and one
    /// save. The steps from that call to its record run in a separate task: a client disconnect must not cut them, or
    /// the rotated token would be lost.
    pub(super) async fn run(&self, live: &OpenCredential, need: Need) -> Result<OpenCredential, BrokerError> {
        let now = self.0.clock.now();
        let Some(tokens) = live.stored.tokens() else { return Err(BrokerError::Busy) };
        if is_postponed(live, now) || self.0.client_gone.get(&key(live), now).is_some() {
            return Err(BrokerError::Busy);
        }
        let Some(refresh) = tokens.refresh.clone() else {
            return Err(self.unrefreshable(live, tokens, need).await?);
        };
        let metadata = self.0.metadata().await.ok_or(BrokerError::Busy)?;
        if metadata.issuer != tokens.origin.issuer {
            return Err(self.client_gone(live, need).await?);
        }
        let lease = random::token::<12>(self.0.random.as_ref());
        let Some(item) = self.0.store.vault.lease(&live.item, &lease, self.0.clock.now()).await? else {
            return self.wait(live, need).await;
        };
        // The lease is for this version, so its content is known.
        let live = OpenCredential { item: Arc::new(item), stored: live.stored.clone() };
        let work = Leased { credentials: self.0.clone(), live, lease, metadata, refresh };
        match tokio::spawn(work.renew(tokens.clone()).in_current_span()).await {
            Ok(outcome) => outcome,
            Err(_) => Err(BrokerError::Busy),
        }
    }

    /// Without a refresh token the login simply ends with its access token. That was known from the beginning, so it
    /// does not count towards a burst. If LangSmith ended the token earlier, or did not state its lifetime, two
    /// refusals end the login.
    async fn unrefreshable(
        &self,
        live: &OpenCredential,
        tokens: &OAuthTokens,
        need: Need,
    ) -> Result<BrokerError, BrokerError> {
        let dead = if tokens.is_expired(self.0.clock.now()) {
            self.0.store.vault.mark_dead(&live.item, None, &self.0.store.sessions).await?
        } else {
            need == Need::Now && self.0.is_confirmed(live).await?
        };
        Ok(if dead { BrokerError::Dead } else { BrokerError::Busy })
    }

    /// The metadata names another issuer than that of the login. The document is fetched anew before the next check, so
    /// that one wrong document cannot confirm itself; and while the access token works, nothing has ended.
    async fn client_gone(&self, live: &OpenCredential, need: Need) -> Result<BrokerError, BrokerError> {
        tracing::warn!("a login was made with another authorization server than the one that is configured");
        let now = self.0.clock.now();
        self.0.discovery.forget();
        self.0.client_gone.put(key(live), (), now);
        let over = need == Need::Now || live.is_expired(now);
        let dead = over && self.0.is_confirmed(live).await?;
        Ok(if dead { BrokerError::Dead } else { BrokerError::Busy })
    }

    /// Waits for the instance that is refreshing. If the token still works, there is no need to wait.
    async fn wait(&self, live: &OpenCredential, need: Need) -> Result<OpenCredential, BrokerError> {
        let (user, id) = (&live.item.user_ref, &live.item.credential_id);
        let mut waited = Duration::ZERO;
        loop {
            let found = self.0.read(user, id).await?;
            if found.item.version > live.item.version {
                return Ok(found);
            }
            let now = self.0.clock.now();
            let works = need == Need::Soon && !live.is_expired(now);
            if works || is_postponed(&found, now) || waited >= WAIT {
                return Err(BrokerError::Busy);
            }
            tokio::time::sleep(LOOK_EVERY).await;
            waited += LOOK_EVERY;
        }
    }
}

fn key(live: &OpenCredential) -> (UserRef, CredentialId) {
    (live.item.user_ref.clone(), live.item.credential_id.clone())
}

fn is_postponed(live: &OpenCredential, now: Timestamp) -> bool {
    live.item.retry_at.is_some_and(|retry_at| now < Timestamp::from_millis(retry_at))
}

/// A refresh that holds the lease.
struct Leased {
    credentials: Credentials,
    live: OpenCredential,
    lease: String,
    metadata: OAuthMetadata,
    refresh: Secret,
}

impl Leased {
    async fn renew(self, tokens: OAuthTokens) -> Result<OpenCredential, BrokerError> {
        let credentials = &self.credentials;
        let client = credentials.upstream.authentication(&self.metadata, &tokens.origin.client_id);
        let answer = credentials.langsmith.oauth_refresh(&self.metadata, client, &self.refresh).await;
        match answer {
            Ok(answer) => {
                let renewed = tokens.renewed(answer, credentials.clock.now());
                if self.is_of_another(&renewed).await {
                    tracing::error!("a refresh brought the tokens of another person; the login ends");
                    return self.end().await;
                }
                self.save(&self.live.stored.renewed(renewed)).await
            }
            Err(OAuthTokenError::InvalidGrant) => self.judge().await,
            Err(OAuthTokenError::InvalidClient | OAuthTokenError::ClientNotAllowed) => {
                self.refused_client(&tokens.origin.client_id).await
            }
            Err(OAuthTokenError::Upstream(error)) => {
                tracing::warn!(%error, "an upstream token could not be refreshed");
                self.give_up().await?;
                Err(BrokerError::Busy)
            }
        }
    }

    /// LangSmith does not know the client of the login, or denies it access to the API. Every refresh token issued to
    /// that client is dead, unless the operator fixes its settings.
    async fn refused_client(&self, client_id: &str) -> Result<OpenCredential, BrokerError> {
        if self.credentials.upstream.is_configured(client_id) {
            tracing::error!(
                client_id,
                "LangSmith refuses the configured OAuth client: logins end one after the other"
            );
        } else {
            tracing::warn!(client_id, "LangSmith refuses the client that a login was made with");
        }
        let dead = self.credentials.is_confirmed(&self.live).await?;
        self.give_up().await?;
        Err(if dead { BrokerError::Dead } else { BrokerError::Busy })
    }

    /// `invalid_grant`: dead, unless another instance has rotated, or has taken over the lease to do so.
    async fn judge(&self) -> Result<OpenCredential, BrokerError> {
        let found = self.credentials.read(&self.live.item.user_ref, &self.live.item.credential_id).await?;
        if found.item.version > self.live.item.version {
            return Ok(found);
        }
        self.end().await
    }

    /// Ends the login, or leaves it alone for a while if too many have just ended.
    async fn end(&self) -> Result<OpenCredential, BrokerError> {
        if self.credentials.end(&self.live, Some(&self.lease)).await? {
            return Err(BrokerError::Dead);
        }
        self.give_up().await?;
        Err(BrokerError::Busy)
    }

    /// Whether LangSmith says that the new tokens belong to another person than the one who logged in. This is checked
    /// before they are stored, so that no other instance uses them. If LangSmith does not respond, the refresh counts:
    /// the old refresh token is already used, and an outage must not end the login.
    async fn is_of_another(&self, renewed: &OAuthTokens) -> bool {
        let (langsmith, deadline) = (&self.credentials.langsmith, Deadline::after(IDENTITY));
        let person = async {
            match renewed.identified_by? {
                IdentifiedBy::LsUserId => {
                    let credential = Credential::Bearer(renewed.access.clone());
                    langsmith.caller_until(deadline, &credential, None).user_id().await.ok().flatten()
                }
                IdentifiedBy::Subject => {
                    langsmith.userinfo(&self.metadata, &renewed.access).await.ok()?.user()
                }
            }
        };
        let person = deadline.limit(person).await.ok().flatten();
        person.is_some_and(|user| user.reference() != self.live.item.user_ref)
    }

    async fn save(&self, renewed: &StoredCredential) -> Result<OpenCredential, BrokerError> {
        let (credentials, item) = (&self.credentials, &self.live.item);
        let sealed =
            credentials.vault.renew(&item.user_ref, &item.credential_id, renewed, &item.sealed).await?;
        // The old refresh token is used up, so the save is retried until the store accepts it or has a newer version.
        let mut failure = None;
        for _ in 0..3 {
            match credentials.store.vault.save(item, &sealed).await {
                Ok(Some(saved)) => {
                    return Ok(OpenCredential { item: Arc::new(saved), stored: renewed.clone() });
                }
                Ok(None) => return credentials.read(&item.user_ref, &item.credential_id).await,
                Err(error) => failure = Some(error),
            }
        }
        Err(failure.map_or(BrokerError::Busy, BrokerError::Store))
    }

    async fn give_up(&self) -> Result<(), StoreError> {
        let retry_at = self.credentials.clock.now().plus(RETRY);
        self.credentials.store.vault.postpone(&self.live.item, &self.lease, retry_at).await
    }
}
