//! `POST /register`: dynamic client registration (RFC 7591). Open by design, so records are cheap, bounded and die
//! unless somebody consents.

mod endpoint;
mod error;

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn;
use axum::routing::post;
use shared::clock::SharedClock;
use shared::random::SharedRandom;
use shared::store::Store;
use shared::web::{cors, reply};

/// Every route of this function.
pub const ROUTES: [&str; 1] = ["/register"];

/// What the function needs.
#[derive(Clone)]
pub struct Deps {
    /// The tables.
    pub store: Store,
    /// The time.
    pub clock: SharedClock,
    /// Randomness for client ids.
    pub random: SharedRandom,
}

/// The router.
pub fn router(deps: Deps) -> Router {
    Router::new()
        .route("/register", post(endpoint::register).fallback(|| async { reply::method_not_allowed("POST") }))
        .layer(from_fn(cors::any_origin))
        .with_state(Arc::new(deps))
}
