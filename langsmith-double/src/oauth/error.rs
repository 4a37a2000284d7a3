//! `{error, error_description}`. Standard: RFC 6749 section 5.2, RFC 7591 section 3.2.2, RFC 8707 section 2.
//! Description: `oauth.TokenErrorResponse`. Assumed: a closed registration is answered 403.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::reply;

/// The reason why an OAuth request is refused.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub(crate) enum OAuthError {
    #[error("{0}")]
    InvalidRequest(&'static str),
    #[error("the body is larger than 8 KB")]
    TooLarge,
    #[error("{0}")]
    InvalidClientMetadata(&'static str),
    #[error("a redirect URI must be loopback http, https, or of a native scheme")]
    InvalidRedirectUri,
    #[error("unknown client")]
    UnknownClient,
    #[error("{0}")]
    InvalidGrant(&'static str),
    #[error("unknown grant type")]
    UnsupportedGrantType,
    #[error("the client's secret is wrong or missing")]
    WrongSecret,
    #[error("registration is closed")]
    RegistrationClosed,
    #[error("unknown resource, or one that the client may not reach")]
    InvalidTarget,
    #[error("resource is required")]
    TargetRequired,
}

impl IntoResponse for OAuthError {
    fn into_response(self) -> Response {
        let (status, code) = match self {
            Self::InvalidRequest(_) => (StatusCode::BAD_REQUEST, "invalid_request"),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "invalid_request"),
            Self::InvalidClientMetadata(_) => (StatusCode::BAD_REQUEST, "invalid_client_metadata"),
            Self::InvalidRedirectUri => (StatusCode::BAD_REQUEST, "invalid_redirect_uri"),
            Self::UnknownClient => (StatusCode::BAD_REQUEST, "invalid_client"),
            Self::InvalidGrant(_) => (StatusCode::BAD_REQUEST, "invalid_grant"),
            Self::UnsupportedGrantType => (StatusCode::BAD_REQUEST, "unsupported_grant_type"),
            Self::WrongSecret => (StatusCode::UNAUTHORIZED, "invalid_client"),
            Self::RegistrationClosed => (StatusCode::FORBIDDEN, "access_denied"),
            Self::InvalidTarget | Self::TargetRequired => (StatusCode::BAD_REQUEST, "invalid_target"),
        };
        reply::value(status, &json!({"error": code, "error_description": self.to_string()}))
    }
}
