//! What must be done though nobody asks for it: the signing keys turn, and the secrets of users who went away are
//! deleted. Everything else that dies is deleted by the tables themselves.
//!
//! Runs every hour and after each deployment. Each run looks at what there is and does what is due, so that a run may be
//! lost, come twice, or be started by hand.

mod ring;
mod signing_keys;
mod users;

use std::time::Duration;

use aws_sdk_secretsmanager::Client;
use serde::de::IgnoredAny;
use shared::aws::VaultKind;
use shared::clock::{SharedClock, Timestamp};
use shared::lambda::{Handler, Refused};
use shared::store::{Store, StoreError};
use shared::telemetry::AUDIT;

use crate::ring::RingError;
use crate::signing_keys::SigningSecret;
use crate::users::UserSecrets;

const DAY: Duration = Duration::from_hours(24);

/// Looks after the stack.
pub struct Janitor {
    store: Store,
    signing: SigningSecret,
    users: Option<UserSecrets>,
    clock: SharedClock,
}

/// What kept a run from its end. The next one tries again.
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
    /// A janitor of the stack with these tables, this Secrets Manager, and the secret with the signing keys.
    pub fn new(
        store: Store,
        secrets: &Client,
        signing_keys: String,
        vault: VaultKind,
        clock: SharedClock,
    ) -> Self {
        let users = match vault {
            VaultKind::SecretsManager { prefix } => Some(UserSecrets::new(secrets.clone(), prefix)),
            VaultKind::Kms => None,
        };
        Self { store, signing: SigningSecret::new(secrets.clone(), signing_keys), users, clock }
    }

    async fn keys(&self, now: Timestamp) -> Result<(), JanitorError> {
        let ring = self.signing.rotate(&self.store.keys, now).await?;
        // The alarm on old keys, and on a janitor that does not run, reads this number: no log level may hide it.
        let days = ring.age(now).as_secs() / DAY.as_secs();
        tracing::info!(target: AUDIT, signing_key_age_days = days, "keys are in order");
        Ok(())
    }

    async fn secrets(&self, now: Timestamp) -> Result<(), JanitorError> {
        let Some(users) = &self.users else { return Ok(()) };
        let tally = users.sweep(&self.store.grants, now).await?;
        let users::Tally { seen, scheduled, restored, failed } = tally;
        tracing::info!(seen, scheduled, restored, failed, "secrets are in order");
        if failed > 0 { Err(JanitorError::Some) } else { Ok(()) }
    }
}

impl Handler for Janitor {
    /// Whatever started the run.
    type Event = IgnoredAny;
    type Answer = ();

    async fn answer(&self, _: IgnoredAny) -> Result<(), Refused> {
        let now = self.clock.now();
        // A failure of the one does not keep back the other.
        let (keys, secrets) = (self.keys(now).await, self.secrets(now).await);
        let mut outcome = Ok(());
        for (work, done) in [("keys", keys), ("secrets", secrets)] {
            if let Err(error) = done {
                tracing::error!(work, %error, "the janitor could not finish");
                outcome = Err(Refused("the janitor could not finish"));
            }
        }
        outcome
    }
}

#[cfg(test)]
mod tests;
