//! The content of a user's secret in Secrets Manager, and the calls that read and write it.

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::operation::create_secret::CreateSecretError;
use aws_sdk_secretsmanager::operation::get_secret_value::GetSecretValueError;
use aws_sdk_secretsmanager::operation::put_secret_value::PutSecretValueError;
use aws_sdk_secretsmanager::types::Tag;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use oauth::seal::Sealer;
use primitives::clock::Timestamp;
use primitives::ids::UserRef;
use primitives::random::{self, Random, SharedRandom};
use primitives::secret::{Secret, sha256};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::VaultError;
use crate::aws_error::cause;

/// The tag for cost allocation, as on everything that the stack creates.
const STACK_TAG: &str = "langsmith-mcp";

/// The secret of one user.
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub(super) struct UserSecret {
    /// The number of writes.
    pub(super) version: u64,
    /// The key that seals the user's items in the `vault` table; written once.
    data_key: String,
    /// The keys that the user has logged in with.
    pub(super) api_keys: Vec<ApiKey>,
}

/// One API key.
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub(super) struct ApiKey {
    id: String,
    key: String,
}

/// The secret found under a user's name.
pub(super) enum StoredSecret {
    /// An active secret.
    Secret(Current),
    /// A secret that is scheduled for deletion unless its user comes back.
    Scheduled,
    /// No secret.
    Nothing,
}

/// The current version.
pub(super) struct Current {
    pub(super) secret: UserSecret,
    pub(super) written: Timestamp,
    version_id: String,
}

/// The name of an API key within its secret.
pub(super) fn key_id(key: &Secret) -> String {
    key.fingerprint().chars().take(16).collect()
}

impl UserSecret {
    /// The secret of a new user.
    pub(super) fn fresh(random: &dyn Random) -> Self {
        Self { version: 1, data_key: random::token::<32>(random), api_keys: Vec::new() }
    }

    /// The secret with one more key.
    pub(super) fn with(&self, key: &Secret) -> Self {
        let known = self.api_keys.iter().map(|known| ApiKey { id: known.id.clone(), key: known.key.clone() });
        let added = ApiKey { id: key_id(key), key: key.expose().to_owned() };
        Self {
            version: self.version.saturating_add(1),
            data_key: self.data_key.clone(),
            api_keys: known.chain([added]).collect(),
        }
    }

    pub(super) fn api_key(&self, id: &str) -> Option<Secret> {
        self.api_keys.iter().find(|known| known.id == id).map(|known| Secret::new(&known.key))
    }

    pub(super) fn sealer(&self, random: SharedRandom) -> Result<Sealer, VaultError> {
        let malformed = || VaultError::unavailable("vault.secret", "a malformed data key");
        let key = Zeroizing::new(URL_SAFE_NO_PAD.decode(&self.data_key).map_err(|_| malformed())?);
        let key = <&[u8; 32]>::try_from(key.as_slice()).map_err(|_| malformed())?;
        Sealer::under(key, random).map_err(|_| malformed())
    }

    fn to_json(&self) -> Result<Zeroizing<String>, VaultError> {
        let text = serde_json::to_string(self);
        text.map(Zeroizing::new).map_err(|_| VaultError::unavailable("vault.secret", "it has no text"))
    }
}

/// The secrets of all users.
pub(super) struct UserSecrets {
    client: Client,
    prefix: String,
}

impl UserSecrets {
    pub(super) const fn new(client: Client, prefix: String) -> Self {
        Self { client, prefix }
    }

    fn name(&self, user: &UserRef) -> String {
        format!("{}{user}", self.prefix)
    }

    /// Reads a user's secret. One call.
    pub(super) async fn read(&self, user: &UserRef) -> Result<StoredSecret, VaultError> {
        let operation = "vault.read_secret";
        let answer = match self.client.get_secret_value().secret_id(self.name(user)).send().await {
            Ok(answer) => answer,
            Err(error) => {
                return match error.as_service_error() {
                    Some(GetSecretValueError::ResourceNotFoundException(_)) => Ok(StoredSecret::Nothing),
                    // The only state of a secret for which this error is returned.
                    Some(GetSecretValueError::InvalidRequestException(_)) => Ok(StoredSecret::Scheduled),
                    _ => Err(VaultError::unavailable(operation, cause(&error))),
                };
            }
        };
        let text = answer.secret_string.map(Zeroizing::new);
        let secret = text.and_then(|text| serde_json::from_str(&text).ok());
        let (Some(secret), Some(version_id)) = (secret, answer.version_id) else {
            return Err(VaultError::unavailable(operation, "a malformed secret"));
        };
        let written = answer.created_date.and_then(|at| u64::try_from(at.secs()).ok());
        let written = Timestamp::from_secs(written.unwrap_or_default());
        Ok(StoredSecret::Secret(Current { secret, written, version_id }))
    }

    /// Creates a user's secret; false when another instance was faster, or the old one is scheduled for deletion.
    pub(super) async fn create(
        &self,
        user: &UserRef,
        secret: &UserSecret,
        random: &dyn Random,
    ) -> Result<bool, VaultError> {
        let text = secret.to_json()?;
        let stack = self.prefix.split_once('/').map_or(self.prefix.as_str(), |(stack, _)| stack);
        let tag = Tag::builder().key(STACK_TAG).value(stack).build();
        let create = self.client.create_secret().name(self.name(user)).tags(tag).secret_string(text.as_str());
        match create.client_request_token(random::token::<32>(random)).send().await {
            Ok(_) => Ok(true),
            Err(error) => match error.as_service_error() {
                Some(
                    CreateSecretError::ResourceExistsException(_)
                    | CreateSecretError::InvalidRequestException(_),
                ) => Ok(false),
                _ => Err(VaultError::unavailable("vault.create_secret", cause(&error))),
            },
        }
    }

    /// Writes the successor of a version; false when the version already has another one. Versions are immutable, and
    /// all instances that start from the same one give the successor the same name.
    pub(super) async fn replace(
        &self,
        user: &UserRef,
        current: &Current,
        secret: &UserSecret,
    ) -> Result<bool, VaultError> {
        let text = secret.to_json()?;
        let successor = sha256(format!("after {}", current.version_id).as_bytes());
        let put = self.client.put_secret_value().secret_id(self.name(user)).client_request_token(successor);
        match put.secret_string(text.as_str()).send().await {
            Ok(_) => Ok(true),
            Err(error) => match error.as_service_error() {
                Some(PutSecretValueError::ResourceExistsException(_)) => Ok(false),
                _ => Err(VaultError::unavailable("vault.write_secret", cause(&error))),
            },
        }
    }

    /// Cancels the deletion of a secret.
    pub(super) async fn restore(&self, user: &UserRef) -> Result<(), VaultError> {
        let restored = self.client.restore_secret().secret_id(self.name(user)).send().await;
        restored.map(drop).map_err(|error| VaultError::unavailable("vault.restore_secret", cause(&error)))
    }
}
