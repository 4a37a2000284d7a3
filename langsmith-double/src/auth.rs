//! Authentication: `X-API-Key` or a bearer token, and the workspace in `X-Tenant-Id`. Description: these three headers.
//! Public report: a bearer token without a workspace works in its own (`langchain-ai/langsmith-cli` pull requests 92
//! and 115). SDK: an organization's key without a workspace is refused with `org_scoped_key_requires_workspace`.
//! Assumed: a key wins over a bearer token. Assumed: a workspace that is not the caller's is answered 403.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;
use uuid::Uuid;

use crate::credential::{CredentialRights, bearer};
use crate::data::people::{API_KEYS, Home, Permissions, Principal, Workspace};
use crate::reply::ApiError;
use crate::service::Service;
use crate::state::App;

/// An authenticated caller in one of their workspaces.
pub(crate) struct Caller {
    /// Whether the credential is an API key.
    pub(crate) by_key: bool,
    pub(crate) principal: Principal,
    pub(crate) workspace: &'static Workspace,
    pub(crate) permissions: Permissions,
}

impl Caller {
    /// The identity whose likes count: the user or, for a service key, the workspace.
    pub(crate) fn who(&self) -> Uuid {
        match self.principal {
            Principal::User(user) => user.id,
            Principal::Service(_) => self.workspace.id,
        }
    }

    /// Refuses callers without access to the organization's resources.
    pub(crate) fn may_see_organization(&self, service: Service) -> Result<(), ApiError> {
        let is_of_workspace = matches!(self.principal, Principal::Service([_]));
        if service.organization_keys_only && is_of_workspace { Err(ApiError::Forbidden) } else { Ok(()) }
    }

    /// Requires a permission, by the platform's name for it.
    pub(crate) fn may(&self, permission: &str) -> Result<(), ApiError> {
        if self.permissions.contains(&permission) { Ok(()) } else { Err(ApiError::Forbidden) }
    }
}

impl FromRequestParts<Arc<App>> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, ApiError> {
        let rights = rights(app, &parts.headers).ok_or(ApiError::Unauthorized)?;
        let chosen = match parts.headers.get("x-tenant-id") {
            None => match rights.home {
                Home::First => None,
                Home::Own(id) => Some(id),
                Home::None => return Err(ApiError::WorkspaceRequired),
            },
            Some(value) => {
                let id = value.to_str().ok().and_then(|text| Uuid::try_parse(text.trim()).ok());
                Some(id.ok_or(ApiError::Forbidden)?)
            }
        };
        let workspaces = rights.principal.workspaces();
        let workspace = match chosen {
            None => workspaces.first(),
            Some(id) => workspaces.iter().find(|workspace| workspace.id == id),
        };
        let workspace = *workspace.ok_or(ApiError::Forbidden)?;
        app.has_data_of(workspace.id, parts.uri.path())?;
        let by_key = parts.headers.contains_key("x-api-key");
        Ok(Self { by_key, principal: rights.principal, workspace, permissions: rights.permissions })
    }
}

fn rights(app: &App, headers: &HeaderMap) -> Option<CredentialRights> {
    let app = app.control_plane.as_ref().map_or(app, AsRef::as_ref);
    match headers.get("x-api-key") {
        Some(key) => api_key(app, key.to_str().ok()?),
        None => app.tokens.access(bearer(headers)?),
    }
}

fn api_key(app: &App, secret: &str) -> Option<CredentialRights> {
    let key = API_KEYS.iter().find(|key| key.secret == secret)?;
    let live = !app.is_revoked(secret);
    live.then_some(CredentialRights { principal: key.owner, permissions: key.permissions, home: key.home })
}
