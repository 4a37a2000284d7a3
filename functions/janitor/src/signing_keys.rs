//! The storage of the signing keys: the private ones in a secret, the public ones in the `keys` table.

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::operation::get_secret_value::GetSecretValueError;
use aws_sdk_secretsmanager::operation::put_secret_value::PutSecretValueError;
use oauth::keys::Jwks;
use primitives::clock::Timestamp;
use primitives::secret::{Secret, sha256};
use shared::aws_error::cause;
use shared::store::Keys;

use crate::JanitorError;
use crate::ring::Ring;

/// How often a run starts over after losing to a concurrent run.
const ATTEMPTS: u32 = 3;

/// The secret with the signing keys.
pub(crate) struct SigningSecret {
    client: Client,
    name: String,
}

/// One version of the secret.
struct StoredVersion {
    text: Secret,
    version: String,
}

impl SigningSecret {
    pub(crate) const fn new(client: Client, name: String) -> Self {
        Self { client, name }
    }

    /// Rotates the keys by the calendar of [`Ring`], and publishes a successor before it may sign.
    pub(crate) async fn rotate(&self, keys: &Keys, now: Timestamp) -> Result<Ring, JanitorError> {
        for _ in 0..ATTEMPTS {
            let published = keys.jwks().await?;
            let (mut ring, found) = match self.read().await? {
                Some(StoredVersion { text, version }) => (Ring::from_text(text.expose())?, Some(version)),
                None => (Ring::first(now)?, None),
            };
            let has_changed = ring.rotate(published.as_ref(), now)? || found.is_none();
            let written = if has_changed {
                let Some(version) = self.write(&ring, found.as_deref()).await? else { continue };
                Some(version)
            } else {
                None
            };
            let jwks = ring.jwks()?;
            if published.as_ref() == Some(&jwks) || self.tell(keys, &jwks, [found, written]).await? {
                return Ok(ring);
            }
        }
        Err(JanitorError::Contended)
    }

    /// Replaces all keys with a new one after a leak, so that nothing signed with the old ones verifies any longer.
    /// Does not need to read the old keys.
    ///
    /// Between the two publications both the new key and the old ones are published, so that no instance signs with an
    /// unpublished key, and a run that is cut off in between removes nothing.
    pub(crate) async fn replace(&self, keys: &Keys, now: Timestamp) -> Result<Ring, JanitorError> {
        let ring = Ring::first(now)?;
        let jwks = ring.jwks()?;
        for _ in 0..ATTEMPTS {
            let found = self.read().await?.map(|found| found.version);
            let mut both = jwks.clone();
            let others = keys.jwks().await?.map(|published| published.keys).unwrap_or_default();
            both.keys.extend(others.into_iter().filter(|key| !jwks.keys.contains(key)));
            keys.publish(&both).await?;
            let Some(version) = self.write(&ring, found.as_deref()).await? else { continue };
            if self.tell(keys, &jwks, [found, Some(version)]).await? {
                return Ok(ring);
            }
            // Another run has already replaced this key: its successor must be published.
            return self.rotate(keys, now).await;
        }
        Err(JanitorError::Contended)
    }

    /// Publishes the keys of a version. False when the version has a successor by now: another run may have published
    /// the successor's keys, and these must not overwrite them, least of all if they were replaced after a leak.
    /// `versions` are this one and its predecessor, which Secrets Manager may still return for a moment.
    async fn tell(
        &self,
        keys: &Keys,
        jwks: &Jwks,
        versions: [Option<String>; 2],
    ) -> Result<bool, JanitorError> {
        keys.publish(jwks).await?;
        let current = self.read().await?;
        Ok(current.is_none_or(|current| versions.contains(&Some(current.version))))
    }

    async fn read(&self) -> Result<Option<StoredVersion>, JanitorError> {
        let operation = "signing_keys.read";
        let answer = match self.client.get_secret_value().secret_id(&self.name).send().await {
            Ok(answer) => answer,
            // The template creates the secret without a value.
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(GetSecretValueError::is_resource_not_found_exception) =>
            {
                return Ok(None);
            }
            Err(error) => return Err(JanitorError::secrets(operation, cause(&error))),
        };
        let (Some(text), Some(version)) = (answer.secret_string, answer.version_id) else {
            return Err(JanitorError::secrets(operation, "the secret is not text"));
        };
        Ok(Some(StoredVersion { text: Secret::new(text), version }))
    }

    /// Writes the successor of a version and returns its name; `None` when the version already has one. Secrets Manager
    /// has no conditional write, but its versions are immutable, and two runs that start from the same version give the
    /// successor the same name.
    async fn write(&self, ring: &Ring, version: Option<&str>) -> Result<Option<String>, JanitorError> {
        let text = Secret::new(ring.to_text());
        let successor = sha256(format!("after {}", version.unwrap_or_default()).as_bytes());
        let put = self.client.put_secret_value().secret_id(&self.name).client_request_token(&successor);
        match put.secret_string(text.expose()).send().await {
            Ok(_) => Ok(Some(successor)),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(PutSecretValueError::is_resource_exists_exception) =>
            {
                Ok(None)
            }
            Err(error) => Err(JanitorError::secrets("signing_keys.write", cause(&error))),
        }
    }
}
