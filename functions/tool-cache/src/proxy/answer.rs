//! The server's answer, as it is passed on: its status, its body, and the few headers that a client of MCP reads.

use axum::body::Body;
use axum::response::Response;
use bytes::BytesMut;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, RETRY_AFTER, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderName, HeaderValue};
use outbound::{GuardedResponse, OutboundFailure};

use crate::error::ToolCacheError;

/// The headers that are passed on. Cookies are not: they would be set for our own domain.
const PASSED: [HeaderName; 4] = [
    CONTENT_TYPE,
    RETRY_AFTER,
    HeaderName::from_static("mcp-session-id"),
    HeaderName::from_static("mcp-protocol-version"),
];
const TIMEOUT: HeaderName = HeaderName::from_static("x-proxy-timeout");

/// The answer for the caller. `timeout` is the limit in seconds that held.
pub(super) async fn of(mut answer: GuardedResponse, timeout: u64) -> Result<Response, ToolCacheError> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = answer.status;
    let headers = response.headers_mut();
    for name in PASSED {
        if let Some(value) = answer.headers.get(&name) {
            headers.insert(name, value.clone());
        }
    }
    // Whatever a server sends is not a page of ours, wherever a browser shows it.
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(TIMEOUT, HeaderValue::from(timeout));
    let is_stream = answer
        .headers
        .get(CONTENT_TYPE)
        .is_some_and(|value| value.as_bytes().starts_with(b"text/event-stream"));
    let mut body = BytesMut::new();
    loop {
        match answer.next_chunk().await {
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => break,
            // A stream may have no end of its own: what came in time is the answer.
            Err(OutboundFailure::Timeout) if is_stream => break,
            Err(failure) => return Err(failure.into()),
        }
    }
    *response.body_mut() = Body::from(body.freeze());
    Ok(response)
}
