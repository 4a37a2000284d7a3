//! `POST /v1/deepagents/mcp-servers`.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use outbound::GuardedUrl;
use primitives::random;
use primitives::server_permissions::ServerPermission;
use shared::servers::{Caller, RegisteredServer, ServerAuth, ServerId, ServerName};
use shared::store::Registration;
use shared::web::reply;

use crate::Deps;
use crate::error::RegistryError;
use crate::fields::{self, NewServer};
use crate::read::may_see_headers;
use crate::view::ServerView;

pub(crate) async fn create(
    State(deps): State<Arc<Deps>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, RegistryError> {
    let caller = deps.callers.identify(&headers).await?;
    if !caller.may(ServerPermission::Create) {
        return Err(RegistryError::NotPermitted);
    }
    let mut new: NewServer = fields::read(body).await?;
    let name = ServerName::parse(&fields::required("name", new.name)?)?;
    let url = fields::required("url", new.settings.url.take())?;
    let guarded = GuardedUrl::parse(&url, deps.policy)?;
    let auth = ServerAuth::of(
        new.settings.auth_type.as_deref().unwrap_or_default(),
        new.settings.oauth_mode.as_deref().unwrap_or_default(),
        new.settings.oauth_provider_id.or(None),
    )?;
    check_provider(&deps, &caller, auth).await?;
    let headers = new.settings.take_headers()?.unwrap_or_default();
    let (id, now) = (ServerId::fresh(deps.random.as_ref()), deps.clock.now().millis());
    let server = RegisteredServer {
        sealed_headers: deps.headers.seal((&caller.workspace, id), &headers).await?,
        workspace: caller.workspace.clone(),
        id,
        name,
        url,
        canonical_url: guarded.canonical(),
        auth,
        vendor_id: fields::identifier("vendor_id", new.vendor_id)?,
        external_system_id: fields::identifier("external_system_id", new.external_system_id)?,
        created_at: now,
        updated_at: now,
        revision: random::token::<16>(deps.random.as_ref()),
    };
    match deps.servers.register(&server).await? {
        Registration::NameTaken => return Err(RegistryError::Taken("name")),
        Registration::UrlTaken => return Err(RegistryError::Taken("url")),
        Registration::Registered => {}
    }
    tracing::info!(target: "audit", event = "mcp_server_registered", workspace = %caller.workspace, server = %id);
    let shown = may_see_headers(&caller, &server).then_some(&headers);
    Ok(reply::json(StatusCode::CREATED, &ServerView::of(&server, shown)))
}

/// A shared provider must be one of the workspace's.
pub(crate) async fn check_provider(
    deps: &Deps,
    caller: &Caller,
    auth: ServerAuth,
) -> Result<(), RegistryError> {
    let Some(id) = auth.shared_provider() else { return Ok(()) };
    let found = deps.providers.get(&caller.workspace, id).await?;
    found.map(drop).ok_or(RegistryError::ForeignProvider)
}
