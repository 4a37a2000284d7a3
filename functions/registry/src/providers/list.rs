//! `GET /v1/deepagents/auth-providers` and `DELETE …/{id}`.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use primitives::server_permissions::ServerPermission;
use shared::web::reply;

use super::ProviderView;
use crate::Deps;
use crate::error::RegistryError;
use crate::fields::uuid;

pub(crate) async fn list(
    State(deps): State<Arc<Deps>>,
    headers: HeaderMap,
) -> Result<Response, RegistryError> {
    let caller = deps.callers.identify(&headers).await?;
    if !caller.may(ServerPermission::Read) {
        return Err(RegistryError::NotPermitted);
    }
    let providers = deps.providers.list(&caller.workspace).await?;
    let views: Vec<_> = providers.iter().map(ProviderView::of).collect();
    Ok(reply::json(StatusCode::OK, &views))
}

/// Idempotent, like the deletion of a server. Servers that name the provider keep its id, and cannot be used.
pub(crate) async fn delete(
    State(deps): State<Arc<Deps>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<StatusCode, RegistryError> {
    let caller = deps.callers.identify(&headers).await?;
    if !caller.may(ServerPermission::Delete) {
        return Err(RegistryError::NotPermitted);
    }
    let id = uuid(&id).ok_or(RegistryError::UnknownProvider)?;
    if let Some(provider) = deps.providers.get(&caller.workspace, id).await? {
        deps.providers.delete(&provider).await?;
        tracing::info!(target: "audit", event = "auth_provider_deleted", workspace = %caller.workspace, provider = %id);
    }
    Ok(StatusCode::NO_CONTENT)
}
