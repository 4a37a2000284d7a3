//! `POST /api/v1/runs/query`.
//!
//! Its `end_time` bounds the end of a run, which a running one does not have. So the upper bound for start times is
//! part of the filter.

use std::borrow::Cow;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::{Order, Run, RunQuery};
use crate::filter::literal;
use crate::json::long_list::bounded;
use crate::json::scan::list_named;
use crate::transport::body::borrowed;
use crate::{UpstreamError, WorkspaceClient};

const PATH: &str = "/api/v1/runs/query";

/// The request body; absent parameters are not sent.
#[derive(Serialize)]
pub(super) struct Body<'q> {
    session: &'q [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'q [String]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    run_type: Option<&'q str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reference_example: Option<&'q [String]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    filter: Option<Cow<'q, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trace_filter: Option<&'q str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tree_filter: Option<&'q str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_root: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trace: Option<&'q str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_time: Option<&'q str>,
    limit: u32,
    order: Order,
    #[serde(skip_serializing_if = "Option::is_none")]
    cursor: Option<&'q str>,
    select: &'q [&'static str],
}

impl<'q> From<&'q RunQuery<'q>> for Body<'q> {
    fn from(query: &'q RunQuery<'q>) -> Self {
        Self {
            session: query.projects,
            id: query.ids,
            run_type: query.run_type,
            reference_example: query.reference_example,
            filter: filter(query),
            trace_filter: query.trace_filter,
            tree_filter: query.tree_filter,
            is_root: query.is_root,
            error: query.error,
            trace: query.trace,
            start_time: query.start_time,
            limit: query.limit,
            order: query.order,
            cursor: query.cursor.as_ref().and_then(|cursor| cursor.after.as_deref()),
            select: query.select,
        }
    }
}

impl WorkspaceClient<'_> {
    /// The first backend's answer to a query.
    pub(super) async fn first_runs(&self, query: &RunQuery<'_>) -> Result<Bytes, UpstreamError> {
        self.post_query(PATH, &Body::from(query)).await
    }
}

fn filter<'q>(query: &RunQuery<'q>) -> Option<Cow<'q, str>> {
    let before = query.end_time.map(|end| format!("lt(start_time, {})", literal(end)));
    match (query.filter, before) {
        (Some(filter), Some(before)) => Some(Cow::Owned(format!("and({filter}, {before})"))),
        (filter, before) => filter.map(Cow::Borrowed).or(before.map(Cow::Owned)),
    }
}

#[derive(Deserialize)]
struct Answer<'a> {
    #[serde(borrow, deserialize_with = "bounded::<_, Run<'_>, _>")]
    runs: Vec<Run<'a>>,
    #[serde(default)]
    cursors: Option<Cursors>,
}

#[derive(Deserialize)]
struct Cursors {
    #[serde(default)]
    next: Option<String>,
}

/// The runs of an answer, and the cursor of the next page.
pub(super) fn split(body: &[u8]) -> Result<(Vec<Run<'_>>, Option<String>), UpstreamError> {
    let (runs, cursors) = if let Some((runs, cursors)) = list_named::<Run<'_>, _>(body, "runs", "cursors") {
        (runs, cursors.map(|cursors| borrowed(cursors.get().as_bytes())).transpose()?)
    } else {
        let Answer { runs, cursors } = borrowed(body)?;
        (runs, cursors)
    };
    let next = cursors.and_then(|cursors: Cursors| cursors.next);
    Ok((runs, next.filter(|next| !next.is_empty())))
}
