//! Request bodies, size-limited before they are parsed.

use std::time::Duration;

use axum::body::{Body, Bytes};
use http::HeaderMap;
use http::header::CONTENT_TYPE;
use http_body::Body as _;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};

/// How long a client may take to send a body.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why a body cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BodyError {
    /// It exceeds the endpoint's limit.
    #[error("the request body is too large")]
    TooLarge,
    /// The client stopped sending.
    #[error("the request body ended early")]
    Interrupted,
    /// The client sends too slowly, which only keeps us busy.
    #[error("the request body did not arrive in time")]
    TooSlow,
}

/// The whole body, if it has at most `limit` bytes and arrives in time. Reads no further than that, and nothing at all
/// if the announced length exceeds the limit.
pub async fn read(body: Body, limit: usize) -> Result<Bytes, BodyError> {
    if usize::try_from(body.size_hint().lower()).map_or(true, |announced| announced > limit) {
        return Err(BodyError::TooLarge);
    }
    match tokio::time::timeout(PATIENCE, Limited::new(body, limit).collect()).await {
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(BodyError::TooLarge),
        Ok(Err(_)) => Err(BodyError::Interrupted),
        Err(_) => Err(BodyError::TooSlow),
    }
}

/// Whether a request declares the media type, ignoring parameters.
pub fn has_type(headers: &HeaderMap, expected: &str) -> bool {
    headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .is_some_and(|value| value.trim().eq_ignore_ascii_case(expected))
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::pin::Pin;
    use std::task::{Context, Poll};

    use http_body::{Frame, SizeHint};
    use primitives::deadline::Deadline;

    use super::*;

    /// A body with this announced length that never sends a byte.
    struct Announced(u64);

    impl http_body::Body for Announced {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(
            self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
            Poll::Pending
        }

        fn size_hint(&self) -> SizeHint {
            SizeHint::with_exact(self.0)
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_announced_too_large_is_not_waited_for() {
        for (announced, refusal, after) in [
            (5, BodyError::TooLarge, Duration::ZERO),
            (u64::MAX, BodyError::TooLarge, Duration::ZERO),
            (4, BodyError::TooSlow, PATIENCE),
        ] {
            let watch = Deadline::after(2 * PATIENCE);
            assert_eq!(read(Body::new(Announced(announced)), 4).await, Err(refusal), "{announced}");
            assert_eq!((2 * PATIENCE).saturating_sub(watch.remaining()), after, "{announced}");
        }
    }
}
