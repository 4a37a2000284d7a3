//! The platform's OAuth server: authorization code with PKCE, for clients registered by the organization or
//! dynamically, and rotating refresh tokens. Description: its paths below `/oauth`.
//!
//! Dynamic clients and all tokens are self-contained (a payload and a tag); only their end is remembered. So clients
//! and tokens of an earlier run of the double still work, as on the hosted platform.

mod authorize;
mod clients;
mod consent;
mod error;
mod metadata;
mod pkce;
pub(crate) mod registered;
mod seal;
mod token;
pub(crate) mod tokens;
mod userinfo;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

pub use registered::{CLIENT_ID, CLIENT_SECRET, PUBLIC_CLIENT_ID};

use crate::state::App;

/// The OAuth routes.
pub(crate) fn router() -> Router<Arc<App>> {
    Router::new()
        .route("/.well-known/oauth-authorization-server", get(metadata::read))
        .route("/api/.well-known/oauth-authorization-server", get(metadata::read))
        .route("/oauth/register", post(clients::register))
        .route("/oauth/client/{client_id}", get(clients::read))
        .route("/oauth/authorize", get(authorize::start))
        .route("/oauth/authorize/approve", post(authorize::approve))
        .route("/oauth/consent", get(consent::page))
        .route("/oauth/token", post(token::exchange))
        .route("/oauth/revoke", post(token::revoke))
        .route("/userinfo", get(userinfo::read))
}
