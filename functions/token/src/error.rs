//! The errors of `/token` and `/revoke`, and their one mapping to the wire format (RFC 6749 section 5.2).

use axum::http::header::WWW_AUTHENTICATE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use oauth::error::ErrorCode;
use shared::store::StoreError;
use shared::web::body::BodyError;
use shared::web::reply;

/// Why a token request failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TokenError {
    #[error("the request body must be application/x-www-form-urlencoded")]
    WrongContentType,
    #[error(transparent)]
    Body(#[from] BodyError),
    #[error("the parameter {0} is repeated")]
    Repeated(&'static str),
    #[error("the parameter {0} is missing")]
    Missing(&'static str),
    #[error("grant_type must be authorization_code or refresh_token")]
    UnsupportedGrantType,
    #[error("resource is not an MCP endpoint of this server")]
    ForeignResource,
    /// RFC 8707 section 2.2: one of ours, but not the one of the grant.
    #[error("resource is not the one that access was granted to; log in again for it")]
    OtherResource,
    #[error("code_verifier must have 43 to 128 unreserved characters")]
    MalformedVerifier,
    #[error("the client is not registered here; register again")]
    UnknownClient,
    #[error("the code or refresh token is not valid; log in again")]
    DeadGrant,
    #[error("scope exceeds the granted scope")]
    InvalidScope,
    /// One more process with the same token than the grant can keep apart.
    #[error("too many processes refresh with this login; read the stored token again, or log in again")]
    NoRoom,
    /// The store failed, or the grant kept changing concurrently. Nothing was decided.
    #[error("the store did not answer; try again")]
    Undecided(Option<StoreError>),
    /// A token could not be signed.
    #[error("the token could not be issued")]
    Signing,
}

impl From<StoreError> for TokenError {
    fn from(error: StoreError) -> Self {
        Self::Undecided(Some(error))
    }
}

impl IntoResponse for TokenError {
    fn into_response(self) -> Response {
        let (status, code) = match &self {
            Self::WrongContentType => (StatusCode::UNSUPPORTED_MEDIA_TYPE, ErrorCode::InvalidRequest),
            Self::Body(BodyError::TooLarge) => (StatusCode::PAYLOAD_TOO_LARGE, ErrorCode::InvalidRequest),
            Self::Body(BodyError::TooSlow) => (StatusCode::REQUEST_TIMEOUT, ErrorCode::InvalidRequest),
            Self::Body(BodyError::Interrupted)
            | Self::Repeated(_)
            | Self::Missing(_)
            | Self::MalformedVerifier => (StatusCode::BAD_REQUEST, ErrorCode::InvalidRequest),
            Self::UnsupportedGrantType => (StatusCode::BAD_REQUEST, ErrorCode::UnsupportedGrantType),
            Self::ForeignResource | Self::OtherResource => {
                (StatusCode::BAD_REQUEST, ErrorCode::InvalidTarget)
            }
            // Clients register again only on exactly this error.
            Self::UnknownClient => (StatusCode::UNAUTHORIZED, ErrorCode::InvalidClient),
            Self::DeadGrant => (StatusCode::BAD_REQUEST, ErrorCode::InvalidGrant),
            Self::InvalidScope => (StatusCode::BAD_REQUEST, ErrorCode::InvalidScope),
            // Never `invalid_grant` for the temporary errors: clients delete their credentials on it.
            Self::NoRoom => (StatusCode::TOO_MANY_REQUESTS, ErrorCode::TemporarilyUnavailable),
            Self::Undecided(cause) => {
                tracing::error!(?cause, "a token request is undecided");
                (StatusCode::SERVICE_UNAVAILABLE, ErrorCode::TemporarilyUnavailable)
            }
            Self::Signing => {
                tracing::error!("a token could not be signed");
                (StatusCode::INTERNAL_SERVER_ERROR, ErrorCode::ServerError)
            }
        };
        let mut response = reply::oauth_error(status, code, &self.to_string());
        if status == StatusCode::UNAUTHORIZED {
            // RFC 6749 section 5.2, and RFC 9110 section 15.5.2 for every 401.
            response
                .headers_mut()
                .insert(WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"token\""));
        }
        response
    }
}
