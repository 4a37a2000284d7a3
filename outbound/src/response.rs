//! An answer, and the limits that hold until its last byte.

use std::fmt;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::header::CONTENT_ENCODING;
use http::{HeaderMap, StatusCode};
use primitives::deadline::Deadline;

use crate::OutboundFailure;

/// The maximum size of an answer's header fields, in bytes as HTTP/1 writes them.
pub const MAX_HEAD: usize = 32 * 1024;

/// What one request may cost.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The maximum size of the body, in bytes.
    pub body: usize,
    /// When connecting, head and the whole body must be done. A body that drips ends here.
    pub deadline: Deadline,
    /// The maximum time between two parts of the body.
    pub idle: Duration,
}

/// The answer: its head, and its body as far as it is asked for.
pub struct GuardedResponse {
    /// The status. Redirects are failures and not here.
    pub status: StatusCode,
    /// The header fields, at most [`MAX_HEAD`] bytes.
    pub headers: HeaderMap,
    inner: reqwest::Response,
    limits: Limits,
    /// How many bytes of the body may still arrive.
    remaining: usize,
}

impl GuardedResponse {
    /// Checks the head. Of an answer that is refused, no byte of the body is read.
    pub(crate) fn checked(mut inner: reqwest::Response, limits: Limits) -> Result<Self, OutboundFailure> {
        let status = inner.status();
        let headers = std::mem::take(inner.headers_mut());
        if size(&headers) > MAX_HEAD {
            return Err(OutboundFailure::TooLarge);
        }
        // 304 answers a condition and has no target (RFC 9110 section 15.4.5).
        if status.is_redirection() && status != StatusCode::NOT_MODIFIED {
            return Err(OutboundFailure::Redirected);
        }
        if !is_identity(&headers) {
            return Err(OutboundFailure::Encoding);
        }
        let declared = inner.content_length().unwrap_or(0);
        if usize::try_from(declared).map_or(true, |declared| declared > limits.body) {
            return Err(OutboundFailure::TooLarge);
        }
        Ok(Self { status, headers, inner, limits, remaining: limits.body })
    }

    /// The next part of the body, or none at its end.
    pub async fn next_chunk(&mut self) -> Result<Option<Bytes>, OutboundFailure> {
        let limit = Deadline::after(self.limits.idle).earlier(self.limits.deadline);
        // A body that is always ready would never let the timer be asked.
        if self.limits.deadline.remaining().is_zero() {
            return Err(OutboundFailure::Timeout);
        }
        let read = limit.limit(self.inner.chunk()).await.map_err(|_| OutboundFailure::Timeout)?;
        let Some(chunk) = read.map_err(|error| OutboundFailure::of(&error))? else { return Ok(None) };
        self.remaining = self.remaining.checked_sub(chunk.len()).ok_or(OutboundFailure::TooLarge)?;
        Ok(Some(chunk))
    }

    /// The whole body.
    pub async fn whole(mut self) -> Result<Bytes, OutboundFailure> {
        let Some(first) = self.next_chunk().await? else { return Ok(Bytes::new()) };
        let Some(second) = self.next_chunk().await? else { return Ok(first) };
        let mut body = BytesMut::from(first);
        body.extend_from_slice(&second);
        while let Some(chunk) = self.next_chunk().await? {
            body.extend_from_slice(&chunk);
        }
        Ok(body.freeze())
    }
}

/// Shows the status only: headers and body may hold anything.
impl fmt::Debug for GuardedResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "GuardedResponse({})", self.status)
    }
}

/// The size of header fields as HTTP/1 writes them: `name: value` and the end of the line.
fn size(headers: &HeaderMap) -> usize {
    headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum()
}

fn is_identity(headers: &HeaderMap) -> bool {
    headers
        .get_all(CONTENT_ENCODING)
        .iter()
        .all(|value| value.is_empty() || value.as_bytes().eq_ignore_ascii_case(b"identity"))
}
