//! Asks a server for its tools.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use mcp_client::{ListFailure, ServerAddress, list_tools, manifest};
use outbound::{GuardedClient, GuardedUrl};
use primitives::deadline::Deadline;
use primitives::ids::WorkspaceId;
use serde_json::value::RawValue;

use super::access::{AccessFailure, ServerAccess};
use super::cache::ToolsFailure;
use super::list::ListSource;
use crate::servers::{ServerAuth, ServerId};

/// Tools as a server lists them.
#[derive(Debug)]
pub struct FetchedTools {
    /// Names and descriptions, in the server's order.
    pub tools: Vec<(String, Box<RawValue>)>,
    /// The origin.
    pub source: ListSource,
    /// How long the server says that they are fresh.
    pub ttl: Option<Duration>,
}

/// The source of a server's tools.
pub trait FetchTools: Send + Sync + 'static {
    /// The tools of the server. `manifest` permits the document that the server publishes.
    fn fetch(&self, manifest: bool, deadline: Deadline) -> BoxFuture<'_, Result<FetchedTools, ToolsFailure>>;
}

/// A registered server, which gets its stored headers.
pub struct StoredServer {
    /// The way to it.
    pub access: ServerAccess,
    /// Its workspace.
    pub workspace: WorkspaceId,
    /// Its id.
    pub id: ServerId,
}

/// A server that is not registered, which gets no credential.
pub struct UnregisteredServer {
    /// The guarded client.
    pub client: GuardedClient,
    /// Its URL.
    pub url: GuardedUrl,
}

impl FetchTools for StoredServer {
    fn fetch(&self, manifest: bool, deadline: Deadline) -> BoxFuture<'_, Result<FetchedTools, ToolsFailure>> {
        Box::pin(async move {
            let server = self.access.server(&self.workspace, self.id).await?;
            let address = self.access.address_of(&server).await?;
            let manifest = manifest && !matches!(server.auth, ServerAuth::OAuth(_));
            fetch(&self.access.client, &address, manifest, deadline).await
        })
    }
}

impl FetchTools for UnregisteredServer {
    fn fetch(&self, manifest: bool, deadline: Deadline) -> BoxFuture<'_, Result<FetchedTools, ToolsFailure>> {
        Box::pin(async move {
            let address = ServerAddress { url: self.url.clone(), headers: http::HeaderMap::new() };
            fetch(&self.client, &address, manifest, deadline).await
        })
    }
}

/// A manifest is the same for everybody: with a credential, the tools may depend on it, and a server that wants a token
/// shows them to nobody else.
async fn fetch(
    client: &GuardedClient,
    address: &ServerAddress,
    manifest: bool,
    deadline: Deadline,
) -> Result<FetchedTools, ToolsFailure> {
    if manifest
        && address.headers.is_empty()
        && let Some(list) = manifest::fetch(client, &address.url, deadline).await
    {
        return Ok(of(list, ListSource::Manifest));
    }
    let listed = list_tools(client, address, deadline).await;
    listed.map(|list| of(list, ListSource::Handshake)).map_err(ToolsFailure::from)
}

fn of(list: mcp_client::ToolList, source: ListSource) -> FetchedTools {
    let tools = list.tools.into_iter().map(|tool| (tool.name, tool.json));
    FetchedTools { tools: tools.collect(), source, ttl: list.ttl }
}

impl From<ListFailure> for ToolsFailure {
    fn from(failure: ListFailure) -> Self {
        Self::Server(Arc::new(failure))
    }
}

impl From<AccessFailure> for ToolsFailure {
    fn from(failure: AccessFailure) -> Self {
        match failure {
            AccessFailure::Gone => Self::Gone,
            AccessFailure::Store(error) => Self::Store(Arc::new(error)),
            AccessFailure::Vault(error) => Self::Vault(Arc::new(error)),
        }
    }
}
