//! The registration endpoint.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use oauth::client::{Client, ClientMetadata};
use oauth::scope::Access;
use primitives::ids::ClientId;
use serde::Serialize;
use shared::web::{body, reply};

use crate::Deps;
use crate::error::RegisterError;

/// The maximum length of a registration request, in bytes.
const MAX_BODY: usize = 8 * 1024;

/// RFC 7591 section 3.2.1: all registered metadata, including our substitutions. A request for an authentication method
/// with a secret is answered with `none`, and no secret is minted. The member is always present, because RFC 7591 would
/// otherwise let the client assume `client_secret_basic`.
#[derive(Serialize)]
struct Registered<'a> {
    client_id: &'a ClientId,
    client_id_issued_at: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_uri: Option<&'a str>,
    redirect_uris: &'a [String],
    grant_types: [&'static str; 2],
    response_types: [&'static str; 1],
    token_endpoint_auth_method: &'static str,
    scope: String,
}

pub(crate) async fn register(
    State(deps): State<Arc<Deps>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, RegisterError> {
    if !body::has_type(&headers, "application/json") {
        return Err(RegisterError::WrongContentType);
    }
    let body = body::read(body, MAX_BODY).await?;
    let metadata: ClientMetadata = serde_json::from_slice(&body).map_err(|_| RegisterError::Malformed)?;
    let scope = Access::requested(metadata.scope.as_deref()).to_string();
    let client = Client::register(metadata, deps.random.as_ref(), deps.clock.now())?;
    deps.store.clients.register(&client).await?;
    tracing::info!(target: "audit", event = "client_registered", client = %client.client_id);
    Ok(reply::json(StatusCode::CREATED, &answer(&client, scope)))
}

fn answer(client: &Client, scope: String) -> Registered<'_> {
    Registered {
        client_id: &client.client_id,
        client_id_issued_at: client.created_at,
        client_name: client.client_name.as_deref(),
        client_uri: client.client_uri.as_deref(),
        redirect_uris: &client.redirect_uris,
        grant_types: ["authorization_code", "refresh_token"],
        response_types: ["code"],
        token_endpoint_auth_method: "none",
        scope,
    }
}
