//! `PATCH /v1/deepagents/mcp-servers/{id}`: the members that are sent replace the stored ones; of `headers`, all.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use outbound::GuardedUrl;
use primitives::random;
use primitives::server_permissions::ServerPermission;
use shared::servers::{Caller, CredentialHeaders, RegisteredServer, ServerAuth};
use shared::store::Change;
use shared::web::reply;

use crate::Deps;
use crate::create::check_provider;
use crate::error::RegistryError;
use crate::fields::{self, NewServer};
use crate::read::{find, visible_headers};
use crate::view::ServerView;

/// How often a change is tried again after a faster one of somebody else.
const ATTEMPTS: u32 = 4;

/// A change whose values were checked.
struct Patch {
    /// The text, and the one spelling.
    url: Option<(String, String)>,
    headers: Option<CredentialHeaders>,
    asked: NewServer,
}

pub(crate) async fn update(
    State(deps): State<Arc<Deps>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, RegistryError> {
    let caller = deps.callers.identify(&headers).await?;
    if !caller.may(ServerPermission::Update) {
        return Err(RegistryError::NotPermitted);
    }
    let patch = patch(&deps, fields::read(body).await?)?;
    for _ in 0..ATTEMPTS {
        let old = find(&deps, &caller, &id).await?;
        let new = changed(&deps, &caller, &old, &patch).await?;
        match deps.servers.replace(&old, &new).await? {
            Change::UrlTaken => return Err(RegistryError::Taken("url")),
            Change::Outdated => {}
            Change::Applied => {
                tracing::info!(target: "audit", event = "mcp_server_changed", workspace = %new.workspace, server = %new.id);
                let headers = visible_headers(&deps, &caller, &new).await?;
                return Ok(reply::json(StatusCode::OK, &ServerView::of(&new, headers.as_ref())));
            }
        }
    }
    Err(RegistryError::Contended)
}

fn patch(deps: &Deps, mut asked: NewServer) -> Result<Patch, RegistryError> {
    let url = match asked.settings.url.take() {
        Some(url) => {
            let url = fields::required("url", Some(url))?;
            let canonical = GuardedUrl::parse(&url, deps.policy)?.canonical();
            Some((url, canonical))
        }
        None => None,
    };
    Ok(Patch { url, headers: asked.settings.take_headers()?, asked })
}

/// The server after the change.
async fn changed(
    deps: &Deps,
    caller: &Caller,
    old: &RegisteredServer,
    patch: &Patch,
) -> Result<RegisteredServer, RegistryError> {
    check_immutable(old, &patch.asked)?;
    let mut new = old.clone();
    if let Some((url, canonical)) = &patch.url {
        url.clone_into(&mut new.url);
        canonical.clone_into(&mut new.canonical_url);
        // Who may not see the headers must not have them sent to a server of their own.
        let keeps_headers = patch.headers.is_none() && old.sealed_headers.is_some();
        if new.canonical_url != old.canonical_url && keeps_headers && !caller.may(ServerPermission::Invoke) {
            return Err(RegistryError::NotPermitted);
        }
    }
    if let Some(headers) = &patch.headers {
        new.sealed_headers = deps.headers.seal((&old.workspace, old.id), headers).await?;
    }
    new.auth = changed_auth(old.auth, &patch.asked)?;
    if new.auth != old.auth {
        check_provider(deps, caller, new.auth).await?;
    }
    new.updated_at = deps.clock.now().millis().max(old.updated_at);
    new.revision = random::token::<16>(deps.random.as_ref());
    Ok(new)
}

/// The authentication after the change. Another type starts without the mode and the provider of the former one, and
/// another mode without its provider.
fn changed_auth(old: ServerAuth, asked: &NewServer) -> Result<ServerAuth, RegistryError> {
    let settings = &asked.settings;
    let auth_type = settings.auth_type.as_deref().unwrap_or(old.auth_type());
    let keeps_type = auth_type == old.auth_type();
    let old_mode = if keeps_type { old.oauth_mode() } else { "" };
    let mode = settings.oauth_mode.as_deref().unwrap_or(old_mode);
    let old_provider = old.shared_provider().filter(|_| keeps_type && mode == old.oauth_mode());
    let provider = settings.oauth_provider_id.or(old_provider);
    Ok(ServerAuth::of(auth_type, mode, provider)?)
}

/// `name`, `vendor_id` and `external_system_id` stay. A client may send back what it has read.
fn check_immutable(old: &RegisteredServer, asked: &NewServer) -> Result<(), RegistryError> {
    let differs =
        |sent: &Option<String>, kept: Option<&str>| sent.as_deref().is_some_and(|sent| Some(sent) != kept);
    if differs(&asked.name, Some(old.name.as_str())) {
        return Err(RegistryError::Immutable("name"));
    }
    if differs(&asked.vendor_id, old.vendor_id.as_deref()) {
        return Err(RegistryError::Immutable("vendor_id"));
    }
    if differs(&asked.external_system_id, old.external_system_id.as_deref()) {
        return Err(RegistryError::Immutable("external_system_id"));
    }
    Ok(())
}
