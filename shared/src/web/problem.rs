//! Errors in the wire format of LangSmith's newer APIs: an object with `type`, `code`, `detail` and `status` (after RFC
//! 9457), and two flat bodies from authentication.

use axum::response::Response;
use http::header::{ALLOW, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};
use serde::Serialize;
use serde_json::json;

use super::reply;

/// The documentation of LangSmith's error codes.
const ERRORS: &str = "https://docs.langchain.com/errors";

#[derive(Serialize)]
struct Problem<'a> {
    #[serde(rename = "type")]
    kind: String,
    code: &'a str,
    detail: &'a str,
    status: u16,
}

/// An error with a code.
pub fn problem(status: StatusCode, code: &str, detail: &str) -> Response {
    reply::json(status, &Problem { kind: format!("{ERRORS}/{code}"), code, detail, status: status.as_u16() })
}

/// 401: no credential, or an access token of ours that is not valid.
pub fn unauthorized(challenge: Challenge) -> Response {
    challenged(reply::json(StatusCode::UNAUTHORIZED, &json!({ "error": "Unauthorized" })), challenge)
}

/// 403: a credential that is not valid, or that does not permit the request.
pub fn forbidden() -> Response {
    reply::json(StatusCode::FORBIDDEN, &json!({ "error": "Forbidden" }))
}

/// 503: a temporary failure, whose cause is not shown.
pub fn unavailable() -> Response {
    let detail = "The service is temporarily unavailable: try again";
    let mut response = problem(StatusCode::SERVICE_UNAVAILABLE, "service_unavailable", detail);
    reply::retry_after(response.headers_mut(), reply::WAIT);
    response
}

/// 405 with the methods that the route supports.
pub fn method_not_allowed(allow: &'static str) -> Response {
    let detail = "The method is not allowed here";
    let mut response = problem(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", detail);
    response.headers_mut().insert(ALLOW, HeaderValue::from_static(allow));
    response
}

/// The challenge of a 401, which RFC 9110 section 11.6.1 requires (RFC 6750 section 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Challenge {
    /// No credential was sent: no error code.
    NoCredential,
    /// The access token is not valid.
    InvalidToken,
}

/// Adds the challenge.
pub fn challenged(mut response: Response, challenge: Challenge) -> Response {
    let value = match challenge {
        Challenge::NoCredential => "Bearer",
        Challenge::InvalidToken => "Bearer error=\"invalid_token\"",
    };
    response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static(value));
    response
}
