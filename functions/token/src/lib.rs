//! `POST /token`, `POST /revoke` and `GET /jwks.json` (RFC 6749, RFC 7009, RFC 7517).

mod audit;
mod client_auth;
mod error;
mod exchange;
mod form;
mod issue;
mod jwks;
mod refresh;
mod revoke;
mod token;

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn;
use axum::routing::{get, post};
use oauth::access::AccessSigner;
use oauth::public_url::PublicUrl;
use oauth::token::Minter;
use primitives::clock::SharedClock;
use primitives::random::SharedRandom;
use shared::public_keys::PublicKeys;
use shared::store::Store;
use shared::web::{cors, reply};

/// Every route of this function.
pub const ROUTES: [&str; 3] = ["/token", "/revoke", "/jwks.json"];

/// The dependencies of the function.
#[derive(Clone)]
pub struct Deps {
    /// The tables.
    pub store: Store,
    /// Mints and checks codes and refresh tokens.
    pub minter: Minter,
    /// Signs access tokens.
    pub signer: AccessSigner,
    /// Verifies access tokens that are to be revoked.
    pub keys: Arc<PublicKeys>,
    /// The issuer and the audience of access tokens.
    pub public: PublicUrl,
    /// The clock that expiries are compared with.
    pub clock: SharedClock,
    /// Randomness for tokens.
    pub random: SharedRandom,
}

/// The routes, open to browser-based clients of any origin.
pub fn router(deps: Deps) -> Router {
    let post_only = || async { reply::method_not_allowed("POST") };
    let read_only = || async { reply::method_not_allowed("GET, HEAD") };
    Router::new()
        .route("/token", post(token::token).fallback(post_only))
        .route("/revoke", post(revoke::revoke).fallback(post_only))
        .route("/jwks.json", get(jwks::jwks).fallback(read_only))
        .layer(from_fn(cors::any_origin))
        .with_state(Arc::new(deps))
}
