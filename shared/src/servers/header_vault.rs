//! Seals the headers of a workspace's servers under the workspace's key.

use primitives::ids::WorkspaceId;
use primitives::secret::Secret;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::credential_headers::{CredentialHeader, CredentialHeaders};
use super::server::ServerId;
use crate::vault::{SharedWorkspaceVault, VaultError};

/// Seals and opens headers. The sealing context names the server: moved to another one, they do not open.
#[derive(Clone)]
pub struct HeaderVault(SharedWorkspaceVault);

/// One header in the clear, zeroized when dropped.
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
struct Plain {
    name: String,
    value: String,
}

impl HeaderVault {
    /// Headers under the keys of this vault.
    pub const fn new(vault: SharedWorkspaceVault) -> Self {
        Self(vault)
    }

    /// The sealed headers; `None` if there are none.
    pub async fn seal(
        &self,
        (workspace, server): (&WorkspaceId, ServerId),
        headers: &CredentialHeaders,
    ) -> Result<Option<String>, VaultError> {
        if headers.is_empty() {
            return Ok(None);
        }
        let plain = |header: &CredentialHeader| Plain {
            name: header.name.clone(),
            value: header.value.expose().to_owned(),
        };
        let plain: Vec<Plain> = headers.iter().map(plain).collect();
        let text = serde_json::to_string(&plain).map(Zeroizing::new);
        let text = text.map_err(|error| VaultError::Unavailable {
            operation: "servers.seal_headers",
            cause: error.to_string(),
        })?;
        self.0.seal_text(workspace, &place(server), &Secret::new(text.as_str())).await.map(Some)
    }

    /// The headers in the clear.
    pub async fn open(
        &self,
        (workspace, server): (&WorkspaceId, ServerId),
        sealed: Option<&str>,
    ) -> Result<CredentialHeaders, VaultError> {
        let Some(sealed) = sealed else { return Ok(CredentialHeaders::default()) };
        let text = self.0.open_text(workspace, &place(server), sealed).await?;
        let plain: Vec<Plain> = serde_json::from_str(text.expose()).map_err(|_| VaultError::Unopenable)?;
        let header = |plain: &Plain| CredentialHeader {
            name: plain.name.clone(),
            value: Secret::new(plain.value.as_str()),
        };
        CredentialHeaders::checked(plain.iter().map(header).collect()).map_err(|_| VaultError::Unopenable)
    }
}

fn place(server: ServerId) -> String {
    format!("headers/{server}")
}
