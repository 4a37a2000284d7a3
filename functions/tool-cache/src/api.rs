//! The wire format of `/api/v1/mcp`: `{"detail": …}`, and for parameters a list of problems (`HTTPValidationError`).

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde_json::json;
use shared::servers::CallerFailure;
use shared::web::body::BodyError;
use shared::web::problem::{Challenge, challenged};
use shared::web::reply;

use crate::error::{FieldError, ToolCacheError};

/// An error for a caller of `/api/v1/mcp`.
pub(crate) struct ApiError(ToolCacheError);

impl<E: Into<ToolCacheError>> From<E> for ApiError {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let text = self.0.to_string();
        match self.0 {
            ToolCacheError::Caller(CallerFailure::Missing) => {
                challenged(detail(StatusCode::UNAUTHORIZED, "Not authenticated"), Challenge::NoCredential)
            }
            ToolCacheError::Caller(CallerFailure::InvalidToken) => {
                challenged(detail(StatusCode::UNAUTHORIZED, "Not authenticated"), Challenge::InvalidToken)
            }
            ToolCacheError::Caller(CallerFailure::Refused) | ToolCacheError::NotPermitted => {
                detail(StatusCode::FORBIDDEN, "Forbidden")
            }
            ToolCacheError::Caller(CallerFailure::Workspace(_))
            | ToolCacheError::Body(BodyError::Interrupted) => detail(StatusCode::BAD_REQUEST, &text),
            ToolCacheError::Fields(fields) => validation(&fields),
            ToolCacheError::Url(error) => {
                validation(&[FieldError::new(vec!["query", "url"], "value_error", error.to_string())])
            }
            ToolCacheError::Body(BodyError::TooLarge) => detail(StatusCode::PAYLOAD_TOO_LARGE, &text),
            ToolCacheError::Body(BodyError::TooSlow) => detail(StatusCode::REQUEST_TIMEOUT, &text),
            ToolCacheError::UnknownServer => detail(StatusCode::NOT_FOUND, &text),
            ToolCacheError::UpstreamRefused
            | ToolCacheError::List(_)
            | ToolCacheError::Unpackable(_)
            | ToolCacheError::Proxy(_) => detail(StatusCode::BAD_GATEWAY, &text),
            ToolCacheError::Caller(CallerFailure::Unavailable)
            | ToolCacheError::Busy
            | ToolCacheError::Store(_)
            | ToolCacheError::Vault(_) => {
                tracing::error!(error = %text, "a request to the tools cache failed");
                let text = "The service is temporarily unavailable: try again";
                let mut response = detail(StatusCode::SERVICE_UNAVAILABLE, text);
                reply::retry_after(response.headers_mut(), reply::WAIT);
                response
            }
        }
    }
}

fn detail(status: StatusCode, text: &str) -> Response {
    reply::json(status, &json!({ "detail": text }))
}

fn validation(fields: &[FieldError]) -> Response {
    reply::json(StatusCode::UNPROCESSABLE_ENTITY, &json!({ "detail": fields }))
}
