//! Refreshing an upstream token under a lease, so that two instances never spend the same rotating refresh token.

use std::time::Duration;

use tracing::Instrument as _;

use super::broker::{Broker, BrokerError, Live};
use super::{OAuthTokens, StoredCredential};
use crate::langsmith::OAuthTokenError;
use crate::oauth::keys::KeyError;
use crate::random;
use crate::secret::Secret;
use crate::store::StoreError;

/// How long a caller with an expired token waits for the instance that holds the lease.
const WAIT: Duration = Duration::from_secs(10);
/// How often it looks.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// One refresh.
pub(super) struct Refresher<'a>(&'a Broker);

impl<'a> Refresher<'a> {
    pub(super) const fn new(broker: &'a Broker) -> Self {
        Self(broker)
    }

    /// A renewed credential. From the upstream call to its record runs in a task of its own: a client that hangs up
    /// must not cut it, or the rotated token would be lost.
    pub(super) async fn run(&self, live: &Live) -> Result<Live, BrokerError> {
        let lease = random::token::<12>(self.0.random.as_ref());
        let Some(item) = self.0.store.vault.lease(&live.item, &lease, self.0.clock.now()).await? else {
            return self.wait(live).await;
        };
        let leased = self.0.opened(item)?;
        let broker = self.0.clone();
        match tokio::spawn(async move { renew(&broker, &leased, &lease).await }.in_current_span()).await {
            Ok(outcome) => outcome,
            Err(_) => Err(BrokerError::Busy),
        }
    }

    /// Another instance refreshes. With a token that still works there is nothing to wait for.
    async fn wait(&self, live: &Live) -> Result<Live, BrokerError> {
        let (user, id) = (&live.item.user_ref, &live.item.credential_id);
        let mut waited = Duration::ZERO;
        loop {
            let found = self.0.read(user, id).await?;
            if found.item.version > live.item.version {
                return Ok(found);
            }
            if !live.is_expired(self.0.clock.now()) || waited >= WAIT {
                return Err(BrokerError::Busy);
            }
            tokio::time::sleep(LOOK_EVERY).await;
            waited += LOOK_EVERY;
        }
    }
}

async fn renew(broker: &Broker, live: &Live, lease: &str) -> Result<Live, BrokerError> {
    let StoredCredential::OAuth(tokens) = &live.stored else { return Err(BrokerError::Busy) };
    let Some(refresh) = &tokens.refresh else {
        // Without a refresh token the login simply ends with its access token.
        return if tokens.is_expired(broker.clock.now()) {
            ended(broker, live).await
        } else {
            give_up(broker, live, lease).await
        };
    };
    match exchange(broker, refresh).await {
        Ok(answer) => {
            let renewed =
                StoredCredential::OAuth(OAuthTokens::issued(answer, Some(tokens), broker.clock.now()));
            save(broker, live, &renewed).await
        }
        Err(OAuthTokenError::InvalidGrant) => {
            // Another instance may have rotated after its lease was stolen; then its save decides.
            let found = broker.read(&live.item.user_ref, &live.item.credential_id).await?;
            if found.item.version > live.item.version { Ok(found) } else { ended(broker, live).await }
        }
        Err(error) => {
            tracing::warn!(%error, "an upstream token could not be refreshed");
            give_up(broker, live, lease).await
        }
    }
}

async fn exchange(broker: &Broker, refresh: &Secret) -> Result<crate::langsmith::TokenSet, OAuthTokenError> {
    let Some(metadata) = broker.langsmith.oauth_metadata().await? else {
        return Err(crate::langsmith::UpstreamError::NotFound.into());
    };
    let client = broker.store.keys.upstream_client(&metadata.issuer, &broker.callback).await;
    let Ok(Some(client)) = client else { return Err(OAuthTokenError::InvalidClient) };
    broker.langsmith.oauth_refresh(&metadata, &client, refresh).await
}

async fn save(broker: &Broker, live: &Live, renewed: &StoredCredential) -> Result<Live, BrokerError> {
    let item = &live.item;
    let sealed = broker
        .envelope
        .seal(&item.user_ref, &item.credential_id, renewed)
        .map_err(|error| sealing(&error))?;
    // The old refresh token is spent: this save is tried until the store takes it or says that it has a newer one.
    let mut failure = None;
    for _ in 0..3 {
        match broker.store.vault.save(item, &sealed).await {
            Ok(Some(saved)) => return broker.opened(saved),
            Ok(None) => return broker.read(&item.user_ref, &item.credential_id).await,
            Err(error) => failure = Some(error),
        }
    }
    Err(failure.map_or(BrokerError::Busy, BrokerError::Store))
}

async fn ended(broker: &Broker, live: &Live) -> Result<Live, BrokerError> {
    Err(if broker.bury(live).await? { BrokerError::Dead } else { BrokerError::Busy })
}

async fn give_up(broker: &Broker, live: &Live, lease: &str) -> Result<Live, BrokerError> {
    broker.store.vault.release(&live.item, lease).await?;
    Err(BrokerError::Busy)
}

fn sealing(error: &KeyError) -> BrokerError {
    BrokerError::Store(StoreError::Unavailable { operation: "vault.seal", cause: error.to_string() })
}
