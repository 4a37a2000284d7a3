//! `GET /.well-known/*`, `/health` and the landing page: what a client reads before it knows anything. The documents
//! are built once; no store is touched.

mod documents;
pub mod landing;

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use shared::oauth::public_url::PublicUrl;
use shared::web::{cors, page, reply};
use url::Url;

/// Every route of this function, with the resource at its usual path.
pub const ROUTES: [&str; 6] = [
    "/",
    "/health",
    "/.well-known/oauth-authorization-server",
    "/.well-known/oauth-authorization-server/mcp",
    "/.well-known/oauth-protected-resource",
    "/.well-known/oauth-protected-resource/mcp",
];

struct Documents {
    authorization_server: Bytes,
    protected_resource: Bytes,
    landing: Option<landing::LandingPage>,
}

/// The router. Fails only if a document cannot be written as JSON.
pub fn router(public: &PublicUrl) -> Result<Router, serde_json::Error> {
    let documents = Arc::new(Documents {
        authorization_server: serde_json::to_vec(&documents::authorization_server(public))?.into(),
        protected_resource: serde_json::to_vec(&documents::protected_resource(public))?.into(),
        landing: Url::parse(&public.resource()).ok().map(landing::LandingPage::new),
    });
    let authorization_server = || {
        get(|State(state): State<Arc<Documents>>| async move { document(state.authorization_server.clone()) })
            .fallback(read_only)
    };
    let protected_resource = || {
        get(|State(state): State<Arc<Documents>>| async move { document(state.protected_resource.clone()) })
            .fallback(read_only)
    };
    Ok(Router::new()
        .route("/.well-known/oauth-authorization-server", authorization_server())
        .route(&public.issuer_metadata_path_of_resource(), authorization_server())
        .route("/.well-known/oauth-protected-resource", protected_resource())
        .route(&public.resource_metadata_path(), protected_resource())
        .route("/health", get(|| async { ([(X_CONTENT_TYPE_OPTIONS, "nosniff")], "ok") }).fallback(read_only))
        .layer(from_fn(cors::any_origin))
        .route("/", get(show_landing).fallback(read_only).layer(from_fn(cors::preflights)))
        .with_state(documents))
}

async fn read_only() -> Response {
    reply::method_not_allowed("GET, HEAD")
}

async fn show_landing(State(documents): State<Arc<Documents>>) -> Response {
    match &documents.landing {
        Some(landing) => page::html(StatusCode::OK, landing),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Five minutes of caching: long enough to spare a login's repeated look-ups, short enough for a changed deployment.
fn document(body: Bytes) -> Response {
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=300"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}
