//! Request bodies, bounded before they are parsed.

use std::time::Duration;

use axum::body::{Body, Bytes};
use http::HeaderMap;
use http::header::CONTENT_TYPE;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};

/// How long a client may take to send a body.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why a body cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BodyError {
    /// Longer than the endpoint takes.
    #[error("the request body is too large")]
    TooLarge,
    /// The client stopped sending.
    #[error("the request body ended early")]
    Interrupted,
    /// The client sends so slowly that it only keeps us busy.
    #[error("the request body did not arrive in time")]
    TooSlow,
}

/// The whole body, if it has at most `limit` bytes and comes in time. Reads no further than that.
pub async fn read(body: Body, limit: usize) -> Result<Bytes, BodyError> {
    match tokio::time::timeout(PATIENCE, Limited::new(body, limit).collect()).await {
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(BodyError::TooLarge),
        Ok(Err(_)) => Err(BodyError::Interrupted),
        Err(_) => Err(BodyError::TooSlow),
    }
}

/// Whether a request declares the media type, whatever its parameters.
pub fn has_type(headers: &HeaderMap, expected: &str) -> bool {
    headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .is_some_and(|value| value.trim().eq_ignore_ascii_case(expected))
}
