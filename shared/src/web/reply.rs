//! Responses of the machine endpoints: JSON, never cached, never HTML.

use std::time::Duration;

use axum::response::{IntoResponse, Response};
use http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, PRAGMA, RETRY_AFTER, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderMap, HeaderValue, StatusCode};
use serde::Serialize;

use oauth::error::{ErrorBody, ErrorCode};
use primitives::clock::seconds_up;

/// The `Retry-After` of temporary errors.
pub const WAIT: Duration = Duration::from_secs(2);

/// A JSON response that must not be stored (RFC 6749 section 5.1).
pub fn json(status: StatusCode, body: &impl Serialize) -> Response {
    let Ok(body) = serde_json::to_vec(body) else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let mut response = (status, body).into_response();
    let headers = response.headers_mut();
    describe(headers, "application/json");
    headers.insert(PRAGMA, HeaderValue::from_static("no-cache"));
    response
}

/// The headers of a body that must neither be stored nor taken for HTML.
pub fn describe(headers: &mut HeaderMap, content_type: &'static str) {
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
}

/// An OAuth error. A temporary one carries `Retry-After`.
pub fn oauth_error(status: StatusCode, code: ErrorCode, description: &str) -> Response {
    let mut response = json(status, &ErrorBody::new(code, description));
    if code == ErrorCode::TemporarilyUnavailable {
        retry_after(response.headers_mut(), WAIT);
    }
    response
}

/// The header `Retry-After`: at least a second.
pub fn retry_after(headers: &mut HeaderMap, wait: Duration) {
    headers.insert(RETRY_AFTER, HeaderValue::from(seconds_up(wait).max(1)));
}

/// 405 with the methods that the route supports.
pub fn method_not_allowed(allow: &'static str) -> Response {
    let mut response = oauth_error(
        StatusCode::METHOD_NOT_ALLOWED,
        ErrorCode::InvalidRequest,
        "the method is not allowed here",
    );
    response.headers_mut().insert(ALLOW, HeaderValue::from_static(allow));
    response
}
