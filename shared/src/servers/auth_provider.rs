//! A shared OAuth provider: the client that an organization registered at an authorization server by hand, for servers
//! with `oauth_mode` `legacy_shared_provider`.

use primitives::ids::WorkspaceId;
use primitives::secret::Secret;
use uuid::Uuid;

use super::server::ServerName;
use crate::vault::{SharedWorkspaceVault, VaultError};

/// Where the provider's authorization server is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProviderLocation {
    /// Its issuer, whose metadata name the endpoints (RFC 8414).
    Issuer(String),
    /// Its endpoints, for a server without metadata.
    Endpoints {
        /// RFC 6749 section 3.1.
        authorization: String,
        /// RFC 6749 section 3.2.
        token: String,
    },
}

/// A provider of a workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthProvider {
    /// Its workspace.
    pub workspace: WorkspaceId,
    /// Its id.
    pub id: Uuid,
    /// Its name, unique among the workspace's providers.
    pub name: ServerName,
    /// The client's id at the authorization server.
    pub client_id: String,
    /// The client's secret, sealed, if it has one.
    pub sealed_secret: Option<String>,
    /// The authorization server.
    pub location: ProviderLocation,
    /// When it was configured, in milliseconds since the Unix epoch.
    pub created_at: u64,
}

/// Seals and opens the secrets of providers. The sealing context names the provider.
#[derive(Clone)]
pub struct ProviderVault(SharedWorkspaceVault);

impl ProviderVault {
    /// Secrets under the keys of this vault.
    pub const fn new(vault: SharedWorkspaceVault) -> Self {
        Self(vault)
    }

    /// The sealed secret of a provider.
    pub async fn seal(
        &self,
        workspace: &WorkspaceId,
        id: Uuid,
        secret: &Secret,
    ) -> Result<String, VaultError> {
        self.0.seal_text(workspace, &format!("provider/{id}"), secret).await
    }
}
