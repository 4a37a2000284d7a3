//! Housekeeping without a request: rotation of the signing keys, and deletion of the secrets of departed users. The
//! tables themselves delete all other expired data.
//!
//! Runs every hour and after each deployment. Each run starts from the current state alone, so that a run may be lost,
//! repeated, or started by hand. Keys are replaced ahead of time only on request.

mod event;
mod ring;
mod signing_keys;
mod users;

use std::time::Duration;

use aws_sdk_secretsmanager::Client;
use primitives::clock::{SharedClock, Timestamp};
use shared::aws::VaultKind;
use shared::lambda::{Handler, Refused};
use shared::store::{Store, StoreError};
use shared::telemetry::AUDIT;

use crate::event::Replaceable;
use crate::ring::{Ring, RingError};
use crate::signing_keys::SigningSecret;
use crate::users::UserSecrets;

pub use crate::event::{Event, Replaced};

const DAY: Duration = Duration::from_hours(24);

/// The janitor of one stack.
pub struct Janitor {
    store: Store,
    signing: SigningSecret,
    users: UserSecrets,
    clock: SharedClock,
}

/// Why a run did not finish. The next one tries again.
#[derive(Debug, thiserror::Error)]
enum JanitorError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Ring(#[from] RingError),
    #[error("Secrets Manager failed at {operation}: {cause}")]
    Secrets { operation: &'static str, cause: String },
    #[error("other runs were faster each time")]
    Contended,
    #[error("some secrets could not be looked after")]
    Some,
}

impl JanitorError {
    fn secrets(operation: &'static str, cause: &str) -> Self {
        Self::Secrets { operation, cause: cause.to_owned() }
    }
}

impl Janitor {
    /// The janitor of a stack, given its tables, Secrets Manager, and the name of the secret with the signing keys.
    pub fn new(
        store: Store,
        secrets: &Client,
        signing_keys: String,
        vault: VaultKind,
        clock: SharedClock,
    ) -> Self {
        let (prefix, grants) = match vault {
            VaultKind::SecretsManager { prefix } => (prefix, Some(store.grants.clone())),
            // Nothing is sealed under them any more, so no grant needs them.
            VaultKind::Kms { former } => (former, None),
        };
        let users = UserSecrets::new(secrets.clone(), prefix, grants);
        Self { store, signing: SigningSecret::new(secrets.clone(), signing_keys), users, clock }
    }

    async fn keys(&self, now: Timestamp) -> Result<(), JanitorError> {
        tell_age(&self.signing.rotate(&self.store.keys, now).await?, now);
        Ok(())
    }

    async fn secrets(&self) -> Result<(), JanitorError> {
        let users::Tally { seen, scheduled, restored, failed, is_cut } =
            self.users.sweep(&self.clock).await?;
        if is_cut {
            tracing::warn!(seen, "the run was too short for all; others come first tomorrow");
        }
        tracing::info!(seen, scheduled, restored, failed, "secrets are in order");
        if failed > 0 { Err(JanitorError::Some) } else { Ok(()) }
    }

    /// The regular run: key rotation, then a sweep of the users' secrets.
    async fn tidy(&self) -> Result<(), Refused> {
        // A failure of one does not hold up the other.
        let (keys, secrets) = (self.keys(self.clock.now()).await, self.secrets().await);
        let mut outcome = Ok(());
        for (work, done) in [("keys", keys), ("secrets", secrets)] {
            if let Err(error) = done {
                tracing::error!(work, %error, "the janitor could not finish");
                outcome = Err(Refused("the janitor could not finish"));
            }
        }
        outcome
    }

    /// Replaces the keys only: the caller waits for the result, and should not wait for a sweep.
    async fn replace_keys(&self) -> Result<(), Refused> {
        let now = self.clock.now();
        match self.signing.replace(&self.store.keys, now).await {
            Ok(ring) => {
                tracing::warn!(target: AUDIT, event = "signing_keys_replaced");
                tell_age(&ring, now);
                Ok(())
            }
            Err(error) => {
                tracing::error!(%error, "the signing keys could not be replaced");
                Err(Refused("the signing keys could not be replaced; try again"))
            }
        }
    }
}

/// The alarms on old keys and on a janitor that does not run read this number: no log level may hide it.
fn tell_age(ring: &Ring, now: Timestamp) {
    let days = ring.age(now).as_secs() / DAY.as_secs();
    tracing::info!(target: AUDIT, signing_key_age_days = days, "keys are in order");
}

impl Handler for Janitor {
    type Event = Event;
    /// The confirmation, if a replacement was requested.
    type Answer = Option<Replaced>;

    async fn answer(&self, event: Event) -> Result<Option<Replaced>, Refused> {
        match event {
            Event::Replace { replace: replaced @ Replaceable::SigningKeys } => {
                self.replace_keys().await.map(|()| Some(Replaced { replaced }))
            }
            Event::Unknown { .. } => Err(Refused("the janitor can replace signing-keys and nothing else")),
            Event::Any(_) => self.tidy().await.map(|()| None),
        }
    }
}

#[cfg(test)]
mod tests;
