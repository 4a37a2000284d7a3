//! The signing keys where they lie: the private ones in a secret, the public ones in the `keys` table.

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::operation::get_secret_value::GetSecretValueError;
use aws_sdk_secretsmanager::operation::put_secret_value::PutSecretValueError;
use shared::aws::cause;
use shared::clock::Timestamp;
use shared::secret::{Secret, sha256};
use shared::store::Keys;

use crate::JanitorError;
use crate::ring::Ring;

/// How often a run starts over when another run was faster.
const ATTEMPTS: u32 = 3;

/// The secret of the signing keys.
pub(crate) struct SigningSecret {
    client: Client,
    name: String,
}

/// One version of it.
struct Found {
    ring: Ring,
    version: String,
}

impl SigningSecret {
    pub(crate) const fn new(client: Client, name: String) -> Self {
        Self { client, name }
    }

    /// Does what is due, and tells the world the keys before anybody may sign with them.
    pub(crate) async fn rotate(&self, keys: &Keys, now: Timestamp) -> Result<Ring, JanitorError> {
        let published = keys.jwks().await?;
        for _ in 0..ATTEMPTS {
            let found = self.read().await?;
            let (mut ring, version) = match found {
                Some(Found { ring, version }) => (ring, Some(version)),
                None => (Ring::first(now)?, None),
            };
            let is_new = version.is_none();
            let has_changed = ring.turn(published.as_ref(), now)? || is_new;
            if has_changed && !self.write(&ring, version.as_deref()).await? {
                continue;
            }
            let jwks = ring.jwks()?;
            if published.as_ref() != Some(&jwks) {
                keys.publish(&jwks).await?;
            }
            return Ok(ring);
        }
        Err(JanitorError::Contended)
    }

    async fn read(&self) -> Result<Option<Found>, JanitorError> {
        let operation = "signing_keys.read";
        let answer = match self.client.get_secret_value().secret_id(&self.name).send().await {
            Ok(answer) => answer,
            // The template makes it without a value.
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
        let text = Secret::new(text);
        Ok(Some(Found { ring: Ring::from_text(text.expose())?, version }))
    }

    /// Writes the successor of a version; false when it has one already. Secrets Manager knows no conditional write, but
    /// it never changes a version, and two runs that start from the same version name its successor the same.
    async fn write(&self, ring: &Ring, version: Option<&str>) -> Result<bool, JanitorError> {
        let text = Secret::new(ring.to_text());
        let successor = sha256(format!("after {}", version.unwrap_or_default()).as_bytes());
        let put = self.client.put_secret_value().secret_id(&self.name).client_request_token(successor);
        match put.secret_string(text.expose()).send().await {
            Ok(_) => Ok(true),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(PutSecretValueError::is_resource_exists_exception) =>
            {
                Ok(false)
            }
            Err(error) => Err(JanitorError::secrets("signing_keys.write", cause(&error))),
        }
    }
}
