//! A registered server as it is reached: its URL and its stored headers.

use http::{HeaderMap, HeaderName, HeaderValue};
use mcp_client::ServerAddress;
use outbound::{GuardPolicy, GuardedClient, GuardedUrl};
use primitives::ids::WorkspaceId;

use crate::servers::{HeaderVault, RegisteredServer, ServerId};
use crate::store::{McpServers, StoreError};
use crate::vault::VaultError;

/// Reaches registered servers.
#[derive(Clone)]
pub struct ServerAccess {
    /// The servers.
    pub servers: McpServers,
    /// Their headers.
    pub headers: HeaderVault,
    /// The guarded client.
    pub client: GuardedClient,
    /// The URLs that it may reach: they are checked at each use, too.
    pub policy: GuardPolicy,
}

/// Why a server cannot be reached.
#[derive(Debug, thiserror::Error)]
pub enum AccessFailure {
    /// It was deleted, or its URL is not allowed any more.
    #[error("the server is gone")]
    Gone,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The headers cannot be opened.
    #[error(transparent)]
    Vault(#[from] VaultError),
}

impl ServerAccess {
    /// The address of a server, with the stored headers. One round trip, beside those of the vault.
    pub async fn address(
        &self,
        workspace: &WorkspaceId,
        id: ServerId,
    ) -> Result<ServerAddress, AccessFailure> {
        self.address_of(&self.server(workspace, id).await?).await
    }

    pub(super) async fn server(
        &self,
        workspace: &WorkspaceId,
        id: ServerId,
    ) -> Result<RegisteredServer, AccessFailure> {
        self.servers.get(workspace, id).await?.ok_or(AccessFailure::Gone)
    }

    pub(super) async fn address_of(&self, server: &RegisteredServer) -> Result<ServerAddress, AccessFailure> {
        let url = GuardedUrl::parse(&server.url, self.policy).map_err(|_| AccessFailure::Gone)?;
        Ok(ServerAddress { url, headers: self.stored_headers(server).await? })
    }

    async fn stored_headers(&self, server: &RegisteredServer) -> Result<HeaderMap, VaultError> {
        let place = (&server.workspace, server.id);
        let stored = self.headers.open(place, server.sealed_headers.as_deref()).await?;
        let mut headers = HeaderMap::new();
        for header in stored.iter() {
            let name = HeaderName::try_from(header.name.as_str()).map_err(|_| VaultError::Unopenable)?;
            let mut value =
                HeaderValue::try_from(header.value.expose()).map_err(|_| VaultError::Unopenable)?;
            value.set_sensitive(true);
            headers.insert(name, value);
        }
        Ok(headers)
    }
}
