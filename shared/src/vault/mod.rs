//! Upstream credentials: sealed at rest, refreshed before they expire, and ended only when LangSmith says so.

mod broker;
mod credential;
mod credentials;
#[cfg(feature = "aws-vault")]
mod data_keys;
mod envelope;
#[cfg(feature = "aws-vault")]
mod kms;
#[cfg(feature = "aws-vault")]
mod kms_workspace;
mod own_credential;
mod refresh;
#[cfg(feature = "aws-vault")]
mod secrets_manager;
mod server_connections;
#[cfg(feature = "aws-vault")]
mod user_secret;
mod workspace;

use std::sync::Arc;

use futures_util::future::{BoxFuture, ready};
use primitives::ids::{CredentialId, UserRef};

use crate::store::StoreError;

pub use broker::{Broker, Refusal};
pub use credential::{CredentialKind, IdentifiedBy, OAuthTokens, Origin, StoredCredential};
pub use credentials::{BrokerError, OpenCredential};
pub use envelope::Envelope;
#[cfg(feature = "aws-vault")]
pub use kms::KmsVault;
#[cfg(feature = "aws-vault")]
pub use kms_workspace::KmsWorkspaceVault;
pub use own_credential::{ConnectedServer, OwnCredential, Scheme};
#[cfg(feature = "aws-vault")]
pub use secrets_manager::SecretsManagerVault;
pub use server_connections::{ServerConnectionError, ServerConnections};
pub use workspace::{SharedWorkspaceVault, WorkspaceVault};

/// Makes credentials unreadable for anybody who has access to the table only. Implementations differ in the source of
/// the key, which may be a remote service.
pub trait Vault: Send + Sync + 'static {
    /// Seals a credential for its place: moved to another user's item it does not open.
    fn seal<'a>(
        &'a self,
        user: &'a UserRef,
        id: &'a CredentialId,
        credential: &'a StoredCredential,
    ) -> BoxFuture<'a, Result<String, VaultError>>;

    /// Seals the replacement of a credential that was just opened, for the same place. LangSmith has already
    /// invalidated the old one, so a vault seals without a remote call if it can.
    fn renew<'a>(
        &'a self,
        user: &'a UserRef,
        id: &'a CredentialId,
        credential: &'a StoredCredential,
        _replaced: &'a str,
    ) -> BoxFuture<'a, Result<String, VaultError>> {
        self.seal(user, id, credential)
    }

    /// Opens the credential of an item.
    fn open<'a>(
        &'a self,
        user: &'a UserRef,
        id: &'a CredentialId,
        sealed: &'a str,
    ) -> BoxFuture<'a, Result<StoredCredential, VaultError>>;

    /// Seals a user's own credential for a server: for another server, or another address of it, it does not open.
    fn seal_own<'a>(
        &'a self,
        user: &'a UserRef,
        server: &'a ConnectedServer,
        credential: &'a OwnCredential,
    ) -> BoxFuture<'a, Result<String, VaultError>>;

    /// Opens a user's own credential for a server.
    fn open_own<'a>(
        &'a self,
        user: &'a UserRef,
        server: &'a ConnectedServer,
        sealed: &'a str,
    ) -> BoxFuture<'a, Result<OwnCredential, VaultError>>;

    /// Prepares to open a user's credential while the sealed text is still being read. Errors are left to
    /// [`open`](Self::open).
    fn prepare<'a>(&'a self, _user: &'a UserRef) -> BoxFuture<'a, ()> {
        Box::pin(ready(()))
    }

    /// Clears the user's cache: LangSmith has just refused a credential of theirs.
    fn forget(&self, _user: &UserRef) {}
}

/// A vault shared by every part of a process.
pub type SharedVault = Arc<dyn Vault>;

/// Why sealing or opening failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// It was not sealed here, or the key that it was sealed under is lost for ever.
    #[error("the sealed credential does not open")]
    Unopenable,
    /// The vault's service failed; the credential may be fine.
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
                // The key was replaced while the table stayed: an operator has to look, and for the user a new login
                // helps.
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

/// The sealing context of a credential.
fn place(user: &UserRef, id: &CredentialId) -> String {
    format!("vault/{user}/{id}")
}
