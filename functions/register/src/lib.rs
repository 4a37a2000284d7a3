//! `POST /register`: dynamic client registration (RFC 7591). Open by design, so records are cheap and bounded, and
//! expire unless somebody consents.

mod endpoint;
mod error;

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn;
use axum::routing::post;
use primitives::clock::SharedClock;
use primitives::random::SharedRandom;
use shared::store::Store;
use shared::web::{cors, reply};

/// Every route of this function.
pub const ROUTES: [&str; 1] = ["/register"];

/// The dependencies of the function.
#[derive(Clone)]
pub struct Deps {
    /// The tables, of which it writes the clients.
    pub store: Store,
    /// The clock for creation and expiry.
    pub clock: SharedClock,
    /// Randomness for client ids.
    pub random: SharedRandom,
}

/// The route, open to browser-based clients of any origin.
pub fn router(deps: Deps) -> Router {
    Router::new()
        .route("/register", post(endpoint::register).fallback(|| async { reply::method_not_allowed("POST") }))
        .layer(from_fn(cors::any_origin))
        .with_state(Arc::new(deps))
}
