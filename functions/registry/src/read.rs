//! `GET /v1/deepagents/mcp-servers`, one server, and `POST …/oauth-provider`, which reads the provider of a server.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use primitives::server_permissions::ServerPermission;
use serde_json::json;
use shared::servers::{Caller, CredentialHeaders, RegisteredServer, ServerAuth, ServerId};
use shared::vault::VaultError;
use shared::web::reply;

use crate::Deps;
use crate::error::RegistryError;
use crate::view::ServerView;

pub(crate) async fn list(
    State(deps): State<Arc<Deps>>,
    headers: HeaderMap,
) -> Result<Response, RegistryError> {
    let caller = reader(&deps, &headers).await?;
    let servers = deps.servers.list(&caller.workspace).await?;
    // One after another: the first may fetch the workspace's key, which opens the others.
    let mut headers = Vec::new();
    for server in &servers {
        headers.push(visible_headers(&deps, &caller, server).await?);
    }
    let views = servers.iter().zip(&headers);
    let views: Vec<_> = views.map(|(server, headers)| ServerView::of(server, headers.as_ref())).collect();
    Ok(reply::json(StatusCode::OK, &views))
}

pub(crate) async fn one(
    State(deps): State<Arc<Deps>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, RegistryError> {
    let caller = reader(&deps, &headers).await?;
    let server = find(&deps, &caller, &id).await?;
    let headers = visible_headers(&deps, &caller, &server).await?;
    Ok(reply::json(StatusCode::OK, &ServerView::of(&server, headers.as_ref())))
}

/// The shared provider of a server. A client asks before it starts to authorize.
pub(crate) async fn provider(
    State(deps): State<Arc<Deps>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, RegistryError> {
    let caller = reader(&deps, &headers).await?;
    let server = find(&deps, &caller, &id).await?;
    let provider = server.auth.shared_provider().ok_or(RegistryError::NoProvider)?;
    Ok(reply::json(StatusCode::OK, &json!({ "oauth_provider_id": provider })))
}

/// A caller who may see the servers.
async fn reader(deps: &Deps, headers: &HeaderMap) -> Result<Arc<Caller>, RegistryError> {
    let caller = deps.callers.identify(headers).await?;
    if caller.may(ServerPermission::Read) { Ok(caller) } else { Err(RegistryError::NotPermitted) }
}

/// A server of the caller's workspace. One of another workspace is as unknown as one that does not exist.
pub(crate) async fn find(deps: &Deps, caller: &Caller, id: &str) -> Result<RegisteredServer, RegistryError> {
    let id = ServerId::parse(id).ok_or(RegistryError::UnknownServer)?;
    deps.servers.get(&caller.workspace, id).await?.ok_or(RegistryError::UnknownServer)
}

/// Whether a caller may see the headers of a server: only one who may use them. Nobody is connected to a server with
/// OAuth, so nobody may invoke it.
pub(crate) fn may_see_headers(caller: &Caller, server: &RegisteredServer) -> bool {
    let is_connected = !matches!(server.auth, ServerAuth::OAuth(_));
    is_connected && caller.may(ServerPermission::Invoke)
}

/// The headers of a server, for a caller who may see them.
pub(crate) async fn visible_headers(
    deps: &Deps,
    caller: &Caller,
    server: &RegisteredServer,
) -> Result<Option<CredentialHeaders>, VaultError> {
    if !may_see_headers(caller, server) {
        return Ok(None);
    }
    let place = (&server.workspace, server.id);
    match deps.headers.open(place, server.sealed_headers.as_deref()).await {
        // The key of the workspace is lost, and with it the headers; the server can be given new ones.
        Err(VaultError::Unopenable) => {
            tracing::error!(server = %server.id, "the headers of an MCP server do not open under this stack's key");
            Ok(Some(CredentialHeaders::default()))
        }
        opened => opened.map(Some),
    }
}
