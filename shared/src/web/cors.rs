//! CORS for the machine endpoints. Browser-based clients call them from any origin; none of them reads a cookie, so any
//! origin may. Preflights are answered before anything else: they carry no credential.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE,
};
use http::{HeaderMap, HeaderValue, Method, StatusCode};

/// Request headers that MCP clients and clients of the registry send.
const ALLOWED_HEADERS: &str = "authorization, content-type, accept, mcp-protocol-version, mcp-method, mcp-name, \
     mcp-session-id, last-event-id, x-api-key, x-tenant-id, x-organization-id, langsmith-api-key, \
     langsmith-workspace-id, x-mcp-readonly, x-mcp-toolsets, x-mcp-tools";
/// Response headers that MCP clients read.
const EXPOSED_HEADERS: &str =
    "www-authenticate, mcp-protocol-version, mcp-session-id, x-request-id, retry-after";
/// How long a browser may cache a preflight, in seconds.
const MAX_AGE: &str = "7200";

/// Middleware: answers preflights and makes every response readable from any origin.
pub async fn any_origin(request: Request, next: Next) -> Response {
    if is_preflight(request.method()) {
        return preflight();
    }
    let mut response = next.run(request).await;
    expose(response.headers_mut());
    response
}

/// Middleware for pages: answers preflights, but lets no other origin read a page.
pub async fn preflights(request: Request, next: Next) -> Response {
    if is_preflight(request.method()) { preflight() } else { next.run(request).await }
}

/// Whether a request is a preflight. A bare `OPTIONS` is treated as one, too: it has no other use here.
pub fn is_preflight(method: &Method) -> bool {
    method == Method::OPTIONS
}

/// The response to a preflight.
pub fn preflight() -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    let headers = response.headers_mut();
    headers
        .insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST, PATCH, DELETE, OPTIONS"));
    headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static(ALLOWED_HEADERS));
    headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static(MAX_AGE));
    expose(headers);
    response
}

/// Makes a response readable from any origin.
pub fn expose(headers: &mut HeaderMap) {
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED_HEADERS));
}
