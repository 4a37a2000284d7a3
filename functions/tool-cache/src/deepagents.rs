//! The wire format of `/v1/deepagents`.

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use shared::servers::CallerFailure;
use shared::web::body::BodyError;
use shared::web::problem::{Challenge, forbidden, problem, unauthorized, unavailable};

use crate::error::{FieldError, ToolCacheError};

/// An error for a caller of `/v1/deepagents`.
pub(crate) struct DeepagentsError(ToolCacheError);

impl<E: Into<ToolCacheError>> From<E> for DeepagentsError {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for DeepagentsError {
    fn into_response(self) -> Response {
        let text = self.0.to_string();
        match self.0 {
            ToolCacheError::Caller(CallerFailure::Missing) => unauthorized(Challenge::NoCredential),
            ToolCacheError::Caller(CallerFailure::InvalidToken) => unauthorized(Challenge::InvalidToken),
            ToolCacheError::Caller(CallerFailure::Refused) | ToolCacheError::NotPermitted => forbidden(),
            ToolCacheError::Fields(fields) => {
                let texts: Vec<_> = fields.iter().map(FieldError::text).collect();
                problem(StatusCode::BAD_REQUEST, "invalid_request", &texts.join("; "))
            }
            ToolCacheError::Caller(CallerFailure::Workspace(_))
            | ToolCacheError::Url(_)
            | ToolCacheError::Body(BodyError::Interrupted) => {
                problem(StatusCode::BAD_REQUEST, "invalid_request", &text)
            }
            ToolCacheError::Body(BodyError::TooLarge) => {
                problem(StatusCode::PAYLOAD_TOO_LARGE, "invalid_request", &text)
            }
            ToolCacheError::Body(BodyError::TooSlow) => {
                problem(StatusCode::REQUEST_TIMEOUT, "invalid_request", &text)
            }
            ToolCacheError::UnknownServer => {
                let detail =
                    format!("Verify the MCP server URL and that the calling identity has access: {text}");
                problem(StatusCode::NOT_FOUND, "mcp_server_not_found", &detail)
            }
            ToolCacheError::UpstreamRefused => {
                problem(StatusCode::BAD_GATEWAY, "upstream_auth_failed", &text)
            }
            ToolCacheError::List(_) | ToolCacheError::Unpackable(_) | ToolCacheError::Proxy(_) => {
                problem(StatusCode::BAD_GATEWAY, "upstream_failed", &text)
            }
            ToolCacheError::Caller(CallerFailure::Unavailable)
            | ToolCacheError::Busy
            | ToolCacheError::Store(_)
            | ToolCacheError::Vault(_) => {
                tracing::error!(error = %text, "a request to the tools cache failed");
                unavailable()
            }
        }
    }
}
