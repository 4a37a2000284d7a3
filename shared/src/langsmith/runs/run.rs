//! One received page of runs. It can be megabytes of free-form JSON: it is checked and split in one pass, and every
//! field stays a slice of the received bytes until somebody needs it.

use bytes::Bytes;
use serde::Deserialize;

use super::backend::Backend;
use super::{v1, v2};
use crate::langsmith::scan::Members;
use crate::langsmith::{Received, UpstreamError};

/// The longest cursor of LangSmith's that is passed on. Its real ones have about 200 bytes.
const MAX_CURSOR: usize = 4096;

/// Where a page of a listing starts. It means something to the backend that gave it only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunCursor {
    /// The backend that listed the page before.
    pub backend: Backend,
    /// Where that page ended, in the backend's own words; `None` for the first page.
    pub after: Option<String>,
}

/// A received page.
#[derive(Clone, Debug)]
pub struct RunPage {
    pub(super) body: Bytes,
    pub(super) backend: Backend,
    /// Whether the backend answered everything at once, whatever limit and cursor said.
    pub(super) whole: bool,
    /// From when on was looked, where the query said nothing about that (RFC 3339).
    pub(super) since: Option<String>,
}

impl RunPage {
    /// The page that a backend answered with.
    pub fn new(backend: Backend, body: Bytes) -> Self {
        Self { body, backend, whole: false, since: None }
    }

    /// From when on was looked (RFC 3339), where the query said nothing about that and the backend needs to know.
    pub fn since(&self) -> Option<&str> {
        self.since.as_deref()
    }

    /// Who listed the page.
    pub fn backend(&self) -> Backend {
        self.backend
    }

    /// Whether there are no runs on it. What is large is not looked at: an answer without runs is short.
    pub(super) fn is_empty(&self) -> bool {
        const SHORT: usize = 16 * 1024;
        self.body.len() <= SHORT && self.split().is_ok_and(|batch| batch.runs.is_empty())
    }

    /// Splits the page. Fails with [`UpstreamError::Malformed`] if it is not what the API promises.
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
    /// Where the next page starts, if there is one.
    pub fn next(&self) -> Option<&RunCursor> {
        self.next.as_ref()
    }
}

macro_rules! run {
    ($($field:ident),* $(,)?) => {
        /// A run; each field is the JSON that LangSmith sent, absent when it was absent or null.
        #[derive(Clone, Copy, Debug, Default, Deserialize)]
        #[expect(missing_docs, reason = "the fields are LangSmith's, named as its API names them")]
        pub struct Run<'a> {
            $(#[serde(borrow, default)] pub $field: Option<Received<'a>>,)*
            /// The metadata, where it came beside `extra` and not in it.
            #[serde(skip)]
            pub metadata: Option<Received<'a>>,
            /// Download links by name, where they came as such and not among `s3_urls`.
            #[serde(skip)]
            pub attachments: Option<Received<'a>>,
        }

        impl<'a> Members<'a> for Run<'a> {
            fn take(&mut self, name: &str, value: Received<'a>) -> bool {
                match name {
                    $(stringify!($field) => self.$field.replace(value).is_none(),)*
                    _ => true,
                }
            }
        }
    };
}

run! {
    id, name, start_time, run_type, end_time, extra, error, serialized, events, inputs, outputs, reference_example_id,
    parent_run_id, tags, s3_urls, session_id, child_run_ids, feedback_stats, app_path, manifest_id, status,
    prompt_tokens, completion_tokens, total_tokens, prompt_token_details, completion_token_details, first_token_time,
    total_cost, prompt_cost, completion_cost, prompt_cost_details, completion_cost_details, parent_run_ids, trace_id,
    dotted_order, in_dataset,
}
