//! The form of answers: JSON, never cached, never HTML.

use axum::response::{IntoResponse as _, Response};
use http::header::{ALLOW, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};
use oauth::public_url::{PublicUrl, Spelling};
use oauth::scope::ScopeSet;
use serde_json::value::RawValue;
use shared::key_shape::NOT_A_KEY;
use shared::web::challenge::{Challenge, challenge_header};
use shared::web::reply::{WAIT, describe, retry_after};

use crate::protocol::{RpcError, reply};

/// 202 for a notification.
pub(super) fn accepted() -> Response {
    StatusCode::ACCEPTED.into_response()
}

/// 404 for an endpoint that is not there, in the words of an Agent Server without its `/mcp`.
pub(super) fn not_found() -> Response {
    json(StatusCode::NOT_FOUND, br#"{"detail":"Not Found"}"#.to_vec())
}

/// A finished JSON-RPC answer.
pub(super) fn ok(body: Vec<u8>) -> Response {
    json(StatusCode::OK, body)
}

/// A JSON-RPC error with its HTTP status.
pub(super) fn rpc_error(id: Option<&RawValue>, error: &RpcError) -> Response {
    let mut response = json(error.status, reply::error(id, error));
    if error.status == StatusCode::METHOD_NOT_ALLOWED {
        response.headers_mut().insert(ALLOW, HeaderValue::from_static("POST, OPTIONS"));
    }
    response
}

/// An error for a request with an unknown id.
pub(super) fn error(error: &RpcError) -> Response {
    rpc_error(None, error)
}

/// 401 or 403 with the challenge that starts a login (RFC 6750 §3, RFC 9728 §5.1).
pub(super) fn challenge(
    public: &PublicUrl,
    spelling: Spelling<'_>,
    id: Option<&RawValue>,
    challenge: Challenge,
) -> Response {
    let error_body = match challenge {
        Challenge::Missing => RpcError::edge(StatusCode::UNAUTHORIZED, "Authentication is required"),
        Challenge::InvalidToken => RpcError::edge(
            StatusCode::UNAUTHORIZED,
            "The access token or API key is not valid: log in again or check the key",
        ),
        Challenge::NotAKey => RpcError::edge(StatusCode::UNAUTHORIZED, NOT_A_KEY),
        Challenge::KeyAsToken => RpcError::edge(
            StatusCode::UNAUTHORIZED,
            "A LangSmith API key is not an access token: send it in the X-Api-Key header, or log in",
        ),
        Challenge::InsufficientScope(scopes) => insufficient_scope(scopes),
    };
    let mut response = rpc_error(id, &error_body);
    response.headers_mut().insert(WWW_AUTHENTICATE, challenge_header(public, spelling, challenge));
    response
}

/// The error for a message whose token lacks scopes; names all scopes that it needs.
pub(super) fn insufficient_scope(scopes: ScopeSet) -> RpcError {
    RpcError::edge(
        StatusCode::FORBIDDEN,
        format!("This needs the scope {scopes}: connect again and allow it"),
    )
    .with_data(serde_json::json!({ "error": "insufficient_scope", "scope": scopes.to_string() }))
}

/// The error for a message whose credential cannot be checked at the moment.
pub(super) fn unchecked() -> RpcError {
    RpcError::edge(StatusCode::SERVICE_UNAVAILABLE, "The credential cannot be checked right now: try again")
}

/// 503: the credential cannot be checked at the moment.
pub(super) fn unavailable() -> Response {
    let mut response = error(&unchecked());
    retry_after(response.headers_mut(), WAIT);
    response
}

fn json(status: StatusCode, body: Vec<u8>) -> Response {
    let mut response = (status, body).into_response();
    describe(response.headers_mut(), "application/json");
    response
}
