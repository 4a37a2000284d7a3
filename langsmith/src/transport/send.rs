//! A single attempt of a request: sent, bounded in time and size, and read to the end.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use primitives::deadline::Deadline;

use crate::error::retry_after;
use crate::transport::body::{MAX_BODY, read_bounded};
use crate::transport::unreachable::{Host, transport_error};
use crate::{LangSmith, UpstreamError};

/// A complete answer, whatever its status.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) html: bool,
    /// The total count of matches, if the answer is a page of a list and reports it.
    pub(crate) total: Option<u64>,
    pub(crate) body: Bytes,
}

impl Answer {
    /// The body of a 2xx answer, or the error that the answer stands for. An HTML page is not an answer of the API:
    /// something else is at its address.
    pub(crate) fn success(self) -> Result<Bytes, UpstreamError> {
        match self.status.is_success() {
            true if self.is_markup() => Err(UpstreamError::Malformed),
            true => Ok(self.body),
            false => Err(self.error()),
        }
    }

    /// The error that an answer other than 2xx stands for.
    pub(crate) fn error(&self) -> UpstreamError {
        if self.status == StatusCode::FORBIDDEN && (self.html || self.is_markup()) {
            tracing::warn!("a proxy in between refuses a request: 403 with a page");
            return UpstreamError::BLOCKED;
        }
        UpstreamError::from_answer(self.status, self.retry_after, &self.body)
    }

    /// Whether the body is HTML or XML: JSON never begins with `<`.
    fn is_markup(&self) -> bool {
        self.body.trim_ascii_start().starts_with(b"<")
    }
}

impl LangSmith {
    /// Sends `request` once; the answer must be complete at `deadline`.
    pub(crate) async fn attempt(
        &self,
        request: reqwest::RequestBuilder,
        deadline: Deadline,
    ) -> Result<Answer, UpstreamError> {
        let (client, request) = request.build_split();
        // We build every part of a request; values from callers are encoded in it.
        let request = request.map_err(|_| UpstreamError::Unreachable)?;
        let host = Host::of(request.url());
        let exchange = async {
            let response = client.execute(request).await.map_err(|error| transport_error(&host, &error))?;
            let status = response.status();
            let retry_after = retry_after(response.headers().get(header::RETRY_AFTER));
            let html = is_html(response.headers());
            let total = total(response.headers());
            let body = read_bounded(response, MAX_BODY).await?;
            Ok(Answer { status, retry_after, html, total, body })
        };
        deadline.limit(exchange).await.unwrap_or_else(|_missed| Err(host.too_slow()))
    }

    /// The absolute URL of an API path of the deployment itself.
    pub(crate) fn url(&self, path: &str) -> String {
        self.place.url(path)
    }
}

/// LangSmith's description documents this header only for the members of an organization; other lists may have it, too.
fn total(headers: &HeaderMap) -> Option<u64> {
    headers.get("x-pagination-total")?.to_str().ok()?.trim().parse().ok()
}

fn is_html(headers: &HeaderMap) -> bool {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    value.is_some_and(|value| value.trim_start().starts_with("text/html"))
}
