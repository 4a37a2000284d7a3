//! The errors of `/register`, and their one mapping to the wire format (RFC 7591 section 3.2.2).

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use oauth::client::RegistrationError;
use oauth::error::ErrorCode;
use shared::store::StoreError;
use shared::web::body::BodyError;
use shared::web::reply;

/// Why a registration failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RegisterError {
    #[error("the request body must be application/json")]
    WrongContentType,
    #[error(transparent)]
    Body(#[from] BodyError),
    #[error("the request body is not a JSON object of client metadata")]
    Malformed,
    #[error(transparent)]
    Refused(#[from] RegistrationError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl IntoResponse for RegisterError {
    fn into_response(self) -> Response {
        let (status, code) = match &self {
            Self::WrongContentType => (StatusCode::UNSUPPORTED_MEDIA_TYPE, ErrorCode::InvalidClientMetadata),
            Self::Body(BodyError::TooLarge) => {
                (StatusCode::PAYLOAD_TOO_LARGE, ErrorCode::InvalidClientMetadata)
            }
            Self::Body(BodyError::TooSlow) => (StatusCode::REQUEST_TIMEOUT, ErrorCode::InvalidClientMetadata),
            Self::Body(BodyError::Interrupted)
            | Self::Malformed
            | Self::Refused(
                RegistrationError::UnsupportedGrantTypes
                | RegistrationError::UnsupportedResponseTypes
                | RegistrationError::NoWebPage(_),
            ) => (StatusCode::BAD_REQUEST, ErrorCode::InvalidClientMetadata),
            Self::Refused(RegistrationError::NoRedirectUri | RegistrationError::UnusableRedirectUris(_)) => {
                (StatusCode::BAD_REQUEST, ErrorCode::InvalidRedirectUri)
            }
            Self::Store(error) => {
                tracing::error!(%error, "a client could not be registered");
                let description = "the registration could not be stored; try again";
                return reply::oauth_error(
                    StatusCode::SERVICE_UNAVAILABLE,
                    ErrorCode::TemporarilyUnavailable,
                    description,
                );
            }
        };
        reply::oauth_error(status, code, &self.to_string())
    }
}
