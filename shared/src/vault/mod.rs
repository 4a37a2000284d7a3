//! Upstream credentials: sealed at rest, refreshed before they expire, and ended only when LangSmith says so.

mod broker;
mod credential;
mod envelope;
#[cfg(feature = "aws-vault")]
mod kms;
mod refresh;
#[cfg(feature = "aws-vault")]
mod secrets_manager;
#[cfg(feature = "aws-vault")]
mod user_secret;

use std::sync::Arc;

use futures_util::future::{BoxFuture, ready};

use crate::ids::{CredentialId, UserRef};
use crate::store::StoreError;

pub use broker::{Broker, BrokerError, Live, Refusal};
pub use credential::{CredentialKind, IdentifiedBy, OAuthTokens, Origin, StoredCredential};
pub use envelope::Envelope;
#[cfg(feature = "aws-vault")]
pub use kms::KmsVault;
#[cfg(feature = "aws-vault")]
pub use secrets_manager::SecretsManagerVault;

/// Makes credentials unreadable for whoever has only the table that they lie in. Where the key comes from is what
/// implementations differ in; it may be a service that has to be asked.
pub trait Vault: Send + Sync + 'static {
    /// The credential, sealed for its place: moved to another user's item it does not open.
    fn seal<'a>(
        &'a self,
        user: &'a UserRef,
        id: &'a CredentialId,
        credential: &'a StoredCredential,
    ) -> BoxFuture<'a, Result<String, VaultError>>;

    /// What replaces a credential that was just opened, sealed for the same place. LangSmith has spent the old one, so
    /// that a vault which can seal without asking anybody does.
    fn renew<'a>(
        &'a self,
        user: &'a UserRef,
        id: &'a CredentialId,
        credential: &'a StoredCredential,
        _replaced: &'a str,
    ) -> BoxFuture<'a, Result<String, VaultError>> {
        self.seal(user, id, credential)
    }

    /// The credential of an item.
    fn open<'a>(
        &'a self,
        user: &'a UserRef,
        id: &'a CredentialId,
        sealed: &'a str,
    ) -> BoxFuture<'a, Result<StoredCredential, VaultError>>;

    /// Gets ready to open what is sealed for a user, while the sealed text is still being read. What fails is left to
    /// [`open`](Self::open).
    fn prepare<'a>(&'a self, _user: &'a UserRef) -> BoxFuture<'a, ()> {
        Box::pin(ready(()))
    }

    /// Forgets what it remembers of a user: LangSmith has just refused a credential of theirs.
    fn forget(&self, _user: &UserRef) {}
}

/// A vault that can be handed to every part of a process.
pub type SharedVault = Arc<dyn Vault>;

/// Why there is no credential, or no seal.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// It was not sealed here, or the key that it was sealed under is gone for ever.
    #[error("the sealed credential does not open")]
    Unopenable,
    /// Nobody can tell just now.
    #[error("the vault failed at {operation}: {cause}")]
    Unavailable {
        /// The operation.
        operation: &'static str,
        /// The error code or the kind of failure; never content.
        cause: String,
    },
}

impl From<VaultError> for BrokerError {
    fn from(error: VaultError) -> Self {
        match error {
            VaultError::Unopenable => {
                // The key was replaced under a living table; a person has to look, and a login cures it for the user.
                tracing::error!("a vault item does not open under this stack's key");
                Self::Dead
            }
            VaultError::Unavailable { operation, cause } => {
                Self::Store(StoreError::Unavailable { operation, cause })
            }
        }
    }
}

impl VaultError {
    #[cfg(feature = "aws-vault")]
    fn unavailable(operation: &'static str, cause: impl Into<String>) -> Self {
        Self::Unavailable { operation, cause: cause.into() }
    }
}

/// Where a sealed value belongs.
fn place(user: &UserRef, id: &CredentialId) -> String {
    format!("vault/{user}/{id}")
}

#[cfg(test)]
mod tests;
