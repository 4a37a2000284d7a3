//! `GET /jwks.json` (RFC 7517): the keys that verify access tokens, for external validators.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use oauth::keys::Jwks;
use shared::web::reply;

use crate::Deps;
use crate::error::TokenError;

pub(crate) async fn jwks(State(deps): State<Arc<Deps>>) -> Result<Response, TokenError> {
    let jwks = deps.store.keys.jwks().await?.unwrap_or(Jwks { keys: Vec::new() });
    let mut response = reply::json(StatusCode::OK, &jwks);
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=300"));
    Ok(response)
}
