//! Runs: `POST /api/v1/runs/query`, a read with a body.
//!
//! A page of runs can be megabytes of free-form JSON. It is checked and split in one pass; every field stays a slice of
//! the received bytes until somebody needs it.

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{Caller, UpstreamError};

/// The direction of a listing, by start time: the only order that the API offers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Order {
    /// Oldest first.
    Asc,
    /// Newest first.
    #[default]
    Desc,
}

/// Which runs to read.
#[derive(Clone, Debug, Default, Serialize)]
pub struct RunQuery<'q> {
    /// Project ids.
    #[serde(rename = "session")]
    pub projects: &'q [String],
    /// Only this kind of run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run_type: Option<&'q str>,
    /// Only runs on these dataset examples.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference_example: Option<&'q [String]>,
    /// Filter expression on the run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter: Option<&'q str>,
    /// Filter expression on the root run of the run's tree.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trace_filter: Option<&'q str>,
    /// Filter expression on any run of the run's tree.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tree_filter: Option<&'q str>,
    /// Only root runs, or only others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_root: Option<bool>,
    /// Only failed runs, or only others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<bool>,
    /// Only runs of this trace; the API then ignores limit and cursor.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trace: Option<&'q str>,
    /// Only runs that started at this time or later (ISO 8601). LangSmith allows more queries with one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_time: Option<&'q str>,
    /// Only runs that started before this time (ISO 8601).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_time: Option<&'q str>,
    /// How many at most (1 to 100).
    pub limit: u32,
    /// Direction.
    pub order: Order,
    /// Where the page before this one ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

/// What a run listing asks for: enough for the full run object, without manifests.
const SELECT: [&str; 28] = [
    "app_path",
    "completion_cost",
    "completion_tokens",
    "dotted_order",
    "end_time",
    "error",
    "events",
    "extra",
    "feedback_stats",
    "first_token_time",
    "id",
    "inputs",
    "name",
    "outputs",
    "parent_run_id",
    "parent_run_ids",
    "prompt_cost",
    "prompt_tokens",
    "reference_example_id",
    "run_type",
    "s3_urls",
    "session_id",
    "start_time",
    "status",
    "tags",
    "total_cost",
    "total_tokens",
    "trace_id",
];

#[derive(Serialize)]
struct Body<'q> {
    #[serde(flatten)]
    query: &'q RunQuery<'q>,
    select: &'static [&'static str],
}

/// One received page of runs.
#[derive(Clone, Debug)]
pub struct RunPage(Bytes);

impl RunPage {
    /// Splits the page. Fails with [`UpstreamError::Malformed`] if it is not what the API promises.
    pub fn split(&self) -> Result<RunBatch<'_>, UpstreamError> {
        serde_json::from_slice(&self.0).map_err(|_| UpstreamError::Malformed)
    }
}

/// The runs of one page.
#[derive(Debug, Deserialize)]
pub struct RunBatch<'a> {
    /// In LangSmith's order.
    #[serde(borrow)]
    pub runs: Vec<Run<'a>>,
    #[serde(default)]
    cursors: Option<Cursors>,
}

impl RunBatch<'_> {
    /// Where the next page starts, if there is one.
    pub fn next(&self) -> Option<&str> {
        self.cursors.as_ref()?.next.as_deref()
    }
}

#[derive(Debug, Deserialize)]
struct Cursors {
    #[serde(default)]
    next: Option<String>,
}

macro_rules! run {
    ($($field:ident),* $(,)?) => {
        /// A run; each field is the JSON that LangSmith sent, absent when it was absent or null.
        #[derive(Clone, Copy, Debug, Default, Deserialize)]
        #[expect(missing_docs, reason = "the fields are LangSmith's, named as its API names them")]
        pub struct Run<'a> {
            $(#[serde(borrow, default)] pub $field: Option<&'a RawValue>,)*
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

impl Caller<'_> {
    /// One page of runs.
    pub async fn runs(&self, query: &RunQuery<'_>) -> Result<RunPage, UpstreamError> {
        self.post_query("/api/v1/runs/query", &Body { query, select: &SELECT }).await.map(RunPage)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_asked_is_sent() {
        let projects = ["p".to_owned()];
        let query = RunQuery { projects: &projects, limit: 2, ..RunQuery::default() };
        let body = serde_json::to_value(Body { query: &query, select: &SELECT }).unwrap();
        let mut keys: Vec<_> = body.as_object().unwrap().keys().cloned().collect();
        keys.sort();
        assert_eq!(keys, ["limit", "order", "select", "session"]);
        assert_eq!(body["order"], "desc");
    }

    #[test]
    fn null_and_absent_fields_are_the_same() {
        let page = RunPage(Bytes::from_static(
            br#"{"runs":[{"id":"x","error":null,"new_field":1}],"cursors":{"next":null}}"#,
        ));
        let batch = page.split().unwrap();
        assert_eq!(batch.next(), None);
        assert_eq!(batch.runs[0].id.unwrap().get(), "\"x\"");
        assert!(batch.runs[0].error.is_none() && batch.runs[0].inputs.is_none());
    }

    #[test]
    fn a_page_of_another_shape_is_malformed() {
        for text in ["", "[]", "{}", r#"{"runs":{}}"#, r#"{"runs":[1]}"#, r#"{"runs":[{"id":"x"}"#] {
            assert_eq!(RunPage(Bytes::from(text)).split().unwrap_err(), UpstreamError::Malformed, "{text}");
        }
    }
}
