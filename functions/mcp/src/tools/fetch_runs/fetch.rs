//! Asks LangSmith: project names become ids, in parallel, and the runs' cursor is followed until there are enough.

use futures_util::future::try_join_all;
use shared::langsmith::{Caller, RunBatch, RunPage, RunQuery};

use super::request::Request;
use crate::tools::named;
use crate::tools::{CallError, ToolError};

/// The most pages that are read after the first one: a cursor that never ends must not keep us busy.
const MAX_PAGES: usize = 10;

/// The ids of the named projects.
pub(super) async fn projects(caller: &Caller<'_>, names: &[String]) -> Result<Vec<String>, CallError> {
    try_join_all(names.iter().map(|name| project_id(caller, name))).await
}

/// The query for the first page.
pub(super) fn query<'q>(request: &'q Request, projects: &'q [String]) -> RunQuery<'q> {
    RunQuery {
        projects,
        run_type: request.run_type.as_deref(),
        reference_example: request.reference_example.as_deref(),
        filter: request.filter.as_deref(),
        trace_filter: request.trace_filter.as_deref(),
        tree_filter: request.tree_filter.as_deref(),
        is_root: request.is_root,
        error: request.error,
        trace: request.trace_id.as_deref(),
        start_time: request.start_time.as_deref(),
        end_time: request.end_time.as_deref(),
        limit: request.limit,
        order: request.order.upstream(),
        cursor: None,
    }
}

/// The pages after `first`, until there are as many runs as were asked for, or no more. Usually none: LangSmith may end
/// a page early, but seldom does.
pub(super) async fn rest(
    caller: &Caller<'_>,
    mut query: RunQuery<'_>,
    first: &RunBatch<'_>,
) -> Result<Vec<RunPage>, CallError> {
    let mut pages: Vec<RunPage> = Vec::new();
    let (mut count, mut next) = (first.runs.len(), first.next().map(str::to_owned));
    while pages.len() < MAX_PAGES {
        query.limit = query.limit.saturating_sub(u32::try_from(count).unwrap_or(u32::MAX));
        // A trace comes whole and ignores the cursor: following one would repeat it. So would a cursor that stands still.
        let cursor = next.filter(|next| query.trace.is_none() && query.cursor.as_ref() != Some(next));
        if query.limit == 0 || cursor.is_none() {
            break;
        }
        query.cursor = cursor;
        let page = caller.runs(&query).await?;
        let batch = page.split()?;
        (count, next) = (batch.runs.len(), batch.next().map(str::to_owned));
        pages.push(page);
    }
    Ok(pages)
}

async fn project_id(caller: &Caller<'_>, name: &str) -> Result<String, CallError> {
    let id = caller.project_id(name).await?;
    id.ok_or_else(|| ToolError::not_found(format!("Project {} not found", named(name))).into())
}
