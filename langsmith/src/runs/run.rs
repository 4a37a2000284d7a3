//! One received page of runs. It can be megabytes of free-form JSON: it is validated and split in one pass, and every
//! field stays a slice of the received bytes until it is needed.

use bytes::Bytes;
use serde::Deserialize;

use super::backend::Backend;
use super::{v1, v2};
use crate::json::scan::members;
use crate::{Received, UpstreamError};

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

macro_rules! run {
    ($($field:ident),* $(,)?) => {
        /// A run. Each field is the JSON that LangSmith sent, and `None` when it was absent or null.
        #[derive(Clone, Copy, Debug, Default, Deserialize)]
        #[expect(missing_docs, reason = "the fields are LangSmith's, named as its API names them")]
        pub struct Run<'a> {
            $(#[serde(borrow, default)] pub $field: Option<Received<'a>>,)*
            /// The metadata, if sent beside `extra` and not in it.
            #[serde(skip)]
            pub metadata: Option<Received<'a>>,
            /// Attachment download links by name, if sent as such and not in `s3_urls`.
            #[serde(skip)]
            pub attachments: Option<Received<'a>>,
        }

        members!(Run: $($field),*);
    };
}

run! {
    id, name, start_time, run_type, end_time, extra, error, serialized, events, inputs, outputs, reference_example_id,
    parent_run_id, tags, s3_urls, session_id, child_run_ids, feedback_stats, app_path, manifest_id, status,
    prompt_tokens, completion_tokens, total_tokens, prompt_token_details, completion_token_details, first_token_time,
    total_cost, prompt_cost, completion_cost, prompt_cost_details, completion_cost_details, parent_run_ids, trace_id,
    dotted_order, in_dataset,
}
