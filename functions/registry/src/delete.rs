//! `DELETE /v1/deepagents/mcp-servers/{id}`: idempotent, so 204 for an id that is unknown; 404 only for a text that is no UUID.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use primitives::server_permissions::ServerPermission;
use shared::servers::ServerId;

use crate::Deps;
use crate::error::RegistryError;

/// How often a deletion is tried again after a faster write of somebody else.
const ATTEMPTS: u32 = 4;

pub(crate) async fn delete(
    State(deps): State<Arc<Deps>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<StatusCode, RegistryError> {
    let caller = deps.callers.identify(&headers).await?;
    if !caller.may(ServerPermission::Delete) {
        return Err(RegistryError::NotPermitted);
    }
    let id = ServerId::parse(&id).ok_or(RegistryError::UnknownServer)?;
    for _ in 0..ATTEMPTS {
        let Some(server) = deps.servers.get(&caller.workspace, id).await? else {
            return Ok(StatusCode::NO_CONTENT);
        };
        if deps.servers.delete(&server).await? {
            tracing::info!(target: "audit", event = "mcp_server_deleted", workspace = %caller.workspace, server = %id);
            return Ok(StatusCode::NO_CONTENT);
        }
    }
    Err(RegistryError::Contended)
}
