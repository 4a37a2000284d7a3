//! `GET /.well-known/*`, `/health` and the landing page: everything that a client reads before it is configured. The
//! documents are built once; no store is accessed.

pub mod clients;
mod documents;
mod landing;

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::RawQuery;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderValue, StatusCode, Uri};
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use oauth::public_url::{PublicUrl, Spelling};
use oauth::resource::Resource;
use shared::mcp::toolsets::is_parameter;
use shared::web::{cors, page, reply};

pub use landing::About;

/// Every route of this function, with the resource at its usual path.
pub const ROUTES: [&str; 12] = [
    "/",
    "/health",
    "/.well-known/oauth-authorization-server",
    "/.well-known/oauth-authorization-server/mcp",
    "/.well-known/oauth-authorization-server/mcp/",
    "/.well-known/oauth-protected-resource",
    "/.well-known/oauth-protected-resource/mcp",
    "/.well-known/oauth-protected-resource/mcp/",
    "/.well-known/oauth-authorization-server/agents/{server}/mcp",
    "/.well-known/oauth-authorization-server/agents/{server}/mcp/",
    "/.well-known/oauth-protected-resource/agents/{server}/mcp",
    "/.well-known/oauth-protected-resource/agents/{server}/mcp/",
];

/// A route with a constant JSON document.
fn fixed<T: serde::Serialize>(document: &T) -> Result<MethodRouter, serde_json::Error> {
    let body = Bytes::from(serde_json::to_vec(document)?);
    Ok(get(move || async move { answer(body) }).fallback(read_only))
}

/// Protected resource metadata. A request with a query gets a document of its own: clients compare the URL that they
/// were given with the published one (RFC 9728 section 3.3).
fn resource(public: &PublicUrl, spelling: Spelling<'static>) -> Result<MethodRouter, serde_json::Error> {
    let plain = Bytes::from(serde_json::to_vec(&documents::protected_resource(public, spelling))?);
    let public = public.clone();
    let show = move |RawQuery(query): RawQuery| async move {
        let asked = spelling.with_query(query.as_deref(), is_parameter);
        if asked == spelling {
            return answer(plain);
        }
        match serde_json::to_vec(&documents::protected_resource(&public, asked)) {
            Ok(body) => answer(body.into()),
            Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        }
    };
    Ok(get(show).fallback(read_only))
}

/// The metadata of the endpoint of one Agent Server. Every name has a document: which servers there are is told behind
/// the login.
fn resource_of_agents(public: &PublicUrl, spelling: Spelling<'static>) -> MethodRouter {
    let public = public.clone();
    let show = move |uri: Uri| async move {
        let path = uri.path().strip_prefix("/.well-known/oauth-protected-resource").unwrap_or_default();
        let Some(resource) = Resource::of_server_path(path) else {
            return StatusCode::NOT_FOUND.into_response();
        };
        let asked = spelling.with_query(uri.query(), is_parameter);
        match serde_json::to_vec(&documents::resource_of_agents(&public, &resource, asked)) {
            Ok(body) => answer(body.into()),
            Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        }
    };
    get(show).fallback(read_only)
}

/// The router. Fails only if a document cannot be serialized as JSON.
pub fn router(public: &PublicUrl, about: About) -> Result<Router, serde_json::Error> {
    let server = fixed(&documents::authorization_server(public, about.client_documents))?;
    let mut router = Router::new()
        .route("/.well-known/oauth-authorization-server", server.clone())
        .route("/.well-known/oauth-protected-resource", resource(public, Spelling::PLAIN)?);
    for spelling in Spelling::ALL {
        router = router
            .route(&public.issuer_metadata_path_of_resource(spelling), server.clone())
            .route(&public.resource_metadata_path(spelling), resource(public, spelling)?);
    }
    if public.has_agent_endpoints() {
        for spelling in Spelling::ALL {
            let slash = if spelling == Spelling::FINAL_SLASH { "/" } else { "" };
            let at = |kind: &str| format!("/.well-known/{kind}/agents/{{server}}/mcp{slash}");
            router = router
                .route(&at("oauth-authorization-server"), server.clone())
                .route(&at("oauth-protected-resource"), resource_of_agents(public, spelling));
        }
    }
    let landing = Arc::new(landing::LandingPage::new(public, about).ok());
    let show_landing = move || async move { show(landing.as_ref().as_ref()) };
    Ok(router
        .route("/health", get(|| async { ([(X_CONTENT_TYPE_OPTIONS, "nosniff")], "ok") }).fallback(read_only))
        .layer(from_fn(cors::any_origin))
        .route("/", get(show_landing).fallback(read_only).layer(from_fn(cors::preflights))))
}

async fn read_only() -> Response {
    reply::method_not_allowed("GET, HEAD")
}

fn show(landing: Option<&landing::LandingPage>) -> Response {
    match landing {
        Some(landing) => page::html(StatusCode::OK, landing),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Cached for five minutes: long enough to save a login's repeated look-ups, short enough for a changed deployment.
fn answer(body: Bytes) -> Response {
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=300"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}
