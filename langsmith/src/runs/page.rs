//! One received page of runs. It can be megabytes of free-form JSON: it is validated and split in one pass, and every
//! field stays a slice of the received bytes until it is needed.

use bytes::Bytes;

use super::{Backend, Run, v1, v2};
use crate::UpstreamError;

/// The maximum length of a LangSmith cursor that is passed on, in bytes. Real ones have about 200.
const MAX_CURSOR: usize = 4096;

/// The position of a page in a listing, valid only at the backend that issued it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunCursor {
    /// The backend that listed the previous page.
    pub backend: Backend,
    /// The backend's own cursor after that page; `None` for the first page.
    pub after: Option<String>,
}

/// A received page.
#[derive(Clone, Debug)]
pub struct RunPage {
    pub(super) body: Bytes,
    pub(super) backend: Backend,
    /// Whether the backend returned everything at once, regardless of limit and cursor.
    pub(super) whole: bool,
    /// The lower bound for start times, if the query had none and one was derived (RFC 3339).
    pub(super) since: Option<String>,
}

impl RunPage {
    /// A page from the answer of a backend.
    pub fn new(backend: Backend, body: Bytes) -> Self {
        Self { body, backend, whole: false, since: None }
    }

    /// The lower bound for start times (RFC 3339), if the query had none and the backend needs one.
    pub fn since(&self) -> Option<&str> {
        self.since.as_deref()
    }

    /// The backend that listed the page.
    pub fn backend(&self) -> Backend {
        self.backend
    }

    /// Whether the page has no runs. Large bodies are not parsed: an answer without runs is short.
    pub(super) fn is_empty(&self) -> bool {
        const SHORT: usize = 16 * 1024;
        self.body.len() <= SHORT && self.split().is_ok_and(|batch| batch.runs.is_empty())
    }

    /// Splits the page. Fails with [`UpstreamError::Malformed`] if it does not conform to the API.
    pub fn split(&self) -> Result<RunBatch<'_>, UpstreamError> {
        let (runs, next) = match self.backend {
            Backend::V1 => v1::split(&self.body)?,
            Backend::V2 => v2::split(&self.body)?,
        };
        let after = next.filter(|_| !self.whole);
        if after.as_ref().is_some_and(|after| after.len() > MAX_CURSOR) {
            return Err(UpstreamError::Malformed);
        }
        let next = after.map(|after| RunCursor { backend: self.backend, after: Some(after) });
        Ok(RunBatch { runs, next })
    }
}

/// The runs of one page.
#[derive(Debug)]
pub struct RunBatch<'a> {
    /// In LangSmith's order.
    pub runs: Vec<Run<'a>>,
    next: Option<RunCursor>,
}

impl RunBatch<'_> {
    /// The cursor of the next page, if there is one.
    pub fn next(&self) -> Option<&RunCursor> {
        self.next.as_ref()
    }
}
