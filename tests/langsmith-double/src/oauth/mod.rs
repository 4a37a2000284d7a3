//! The platform's OAuth server: authorization code with PKCE, for clients that the organization or anybody registered, and
//! rotating refresh tokens. Description: its paths below `/oauth`.
//!
//! Clients and tokens are self-contained (a payload and a tag), and only what has ended is remembered. So clients and tokens
//! of an earlier run of the double still work, as those of the hosted platform would.

mod authorize;
mod clients;
mod consent;
mod error;
mod metadata;
mod pkce;
mod registered;
mod seal;
mod token;
mod tokens;
mod userinfo;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

pub(crate) use registered::Registry;
pub use registered::{CLIENT_ID, CLIENT_SECRET, PUBLIC_CLIENT_ID};
pub(crate) use tokens::Tokens;

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
