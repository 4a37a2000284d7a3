//! `POST /v1/deepagents/auth-providers`.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use outbound::GuardedUrl;
use primitives::random;
use primitives::server_permissions::ServerPermission;
use serde::Deserialize;
use shared::servers::{AuthProvider, ProviderLocation, ServerName};
use shared::web::reply;
use uuid::Builder;

use super::ProviderView;
use crate::Deps;
use crate::error::RegistryError;
use crate::fields::{self, SecretText, present};

/// The maximum length of a client id and of a secret, in characters.
const MAX_TEXT: usize = 2048;

#[derive(Deserialize)]
struct NewProvider {
    #[serde(default, deserialize_with = "present")]
    name: Option<String>,
    #[serde(default, deserialize_with = "present")]
    client_id: Option<String>,
    #[serde(default, deserialize_with = "present")]
    client_secret: Option<SecretText>,
    #[serde(default, deserialize_with = "present")]
    issuer: Option<String>,
    #[serde(default, deserialize_with = "present")]
    endpoints: Option<Endpoints>,
}

#[derive(Deserialize)]
struct Endpoints {
    authorization_endpoint: String,
    token_endpoint: String,
}

pub(crate) async fn create(
    State(deps): State<Arc<Deps>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, RegistryError> {
    let caller = deps.callers.identify(&headers).await?;
    if !caller.may(ServerPermission::Create) {
        return Err(RegistryError::NotPermitted);
    }
    let new: NewProvider = fields::read(body).await?;
    let name = ServerName::parse(&fields::required("name", new.name)?)?;
    let client_id = text("client_id", fields::required("client_id", new.client_id)?)?;
    let location = location(&deps, new.issuer, new.endpoints)?;
    let id = Builder::from_random_bytes(random::bytes(deps.random.as_ref())).into_uuid();
    let sealed_secret = match new.client_secret.map(SecretText::into_secret) {
        Some(secret) if secret.expose().chars().count() > MAX_TEXT => {
            return Err(RegistryError::Text("client_secret", MAX_TEXT));
        }
        Some(secret) if !secret.expose().is_empty() => {
            Some(deps.provider_secrets.seal(&caller.workspace, id, &secret).await?)
        }
        _ => None,
    };
    let provider = AuthProvider {
        workspace: caller.workspace.clone(),
        id,
        name,
        client_id,
        sealed_secret,
        location,
        created_at: deps.clock.now().millis(),
    };
    if !deps.providers.configure(&provider).await? {
        return Err(RegistryError::Taken("name"));
    }
    tracing::info!(target: "audit", event = "auth_provider_configured", workspace = %caller.workspace, provider = %id);
    Ok(reply::json(StatusCode::CREATED, &ProviderView::of(&provider)))
}

fn text(name: &'static str, text: String) -> Result<String, RegistryError> {
    let is_good = text.chars().count() <= MAX_TEXT && !text.chars().any(char::is_control);
    if is_good { Ok(text) } else { Err(RegistryError::Text(name, MAX_TEXT)) }
}

/// Either an issuer or both endpoints. They are guarded like the URLs of servers.
fn location(
    deps: &Deps,
    issuer: Option<String>,
    endpoints: Option<Endpoints>,
) -> Result<ProviderLocation, RegistryError> {
    let guarded = |url: String| GuardedUrl::parse(&url, deps.policy).map(|_| url);
    match (issuer, endpoints) {
        (Some(issuer), None) => Ok(ProviderLocation::Issuer(guarded(issuer)?)),
        (None, Some(endpoints)) => Ok(ProviderLocation::Endpoints {
            authorization: guarded(endpoints.authorization_endpoint)?,
            token: guarded(endpoints.token_endpoint)?,
        }),
        (None, None) => Err(RegistryError::Required("issuer")),
        (Some(_), Some(_)) => Err(RegistryError::IssuerAndEndpoints),
    }
}
