//! Requests to LangSmith: project names are resolved to ids in parallel, and runs are read page by page.

use std::array;
use std::sync::OnceLock;

use futures_util::future::try_join_all;
use langsmith::{RunBatch, RunCursor, RunPage, RunQuery, UpstreamError, WorkspaceClient};

use super::request::Request;
use super::window;
use crate::toolset::arguments::period::Period;
use crate::toolset::{CallError, shorten_name};
use crate::toolsets::langsmith::suggest::{naming, project_id};

/// The maximum number of pages after the first one: an endless cursor must not keep us busy.
const MAX_PAGES: usize = 10;

/// The maximum number of projects in an error.
const MAX_NAMED: usize = 5;

/// The maximum number of runs in an answer of LangSmith.
const MAX_LIMIT: u32 = 100;

/// The pages of one call, owned here so that their runs are passed on by reference and parsed only once.
pub(super) struct Pages([OnceLock<(RunCursor, RunPage)>; MAX_PAGES + 1]);

/// The parsed runs of a page, and where it starts.
pub(super) type Page<'p> = (&'p RunCursor, RunBatch<'p>);

impl Pages {
    pub(super) fn new() -> Self {
        Self(array::from_fn(|_| OnceLock::new()))
    }

    /// The start of the search (RFC 3339), if the call has none and the backend needs one.
    pub(super) fn since(&self) -> Option<&str> {
        let (_, page) = self.0.first()?.get()?;
        page.since()
    }
}

/// The query parameters of one call.
pub(super) struct QueryParameters<'p> {
    projects: &'p [String],
    start: Option<String>,
    end: Option<String>,
}

/// The ids of the requested projects.
pub(super) async fn projects(
    caller: &WorkspaceClient<'_>,
    request: &Request,
) -> Result<Vec<String>, CallError> {
    let named = try_join_all(request.projects.iter().map(|name| project_id(caller, name)));
    let mut ids = named.await?;
    ids.extend(request.project_ids.iter().cloned());
    Ok(ids)
}

/// The names of these projects, if they are shown. For a project given by its id, the name is not known yet.
pub(super) async fn names(
    caller: &WorkspaceClient<'_>,
    request: &Request,
    ids: &[String],
) -> Result<Vec<(String, String)>, CallError> {
    if !request.selection.shows("project_name") {
        return Ok(Vec::new());
    }
    let mut names: Vec<(String, String)> =
        ids.iter().cloned().zip(request.projects.iter().cloned()).collect();
    if !request.project_ids.is_empty() {
        names.extend(caller.project_names(&request.project_ids).await?);
    }
    Ok(names)
}

/// The failure. If LangSmith does not know a project and any was given by its id, the error names the projects.
pub(super) fn naming_ids(request: &Request, error: CallError) -> CallError {
    match (error, request.project_ids.as_slice()) {
        (CallError::Upstream(error), [id]) if request.projects.is_empty() => {
            naming(error, format_args!("Project {id} not found"))
        }
        (CallError::Upstream(error), ids @ [_, ..]) => {
            let asked = ids.iter().chain(&request.projects).take(MAX_NAMED).map(|text| shorten_name(text));
            let asked = asked.collect::<Vec<_>>().join(", ");
            naming(error, format_args!("At least one of these projects was not found: {asked}"))
        }
        (error, _) => error,
    }
}

impl<'p> QueryParameters<'p> {
    pub(super) fn new(projects: &'p [String], window: Period) -> Self {
        let (start, end) = window::texts(window);
        Self { projects, start, end }
    }

    /// The first pages, up to the requested number of runs. Usually one: LangSmith may end a page early, but seldom
    /// does.
    pub(super) async fn first<'h>(
        &self,
        caller: &WorkspaceClient<'_>,
        request: &Request,
        pages: &'h Pages,
    ) -> Result<Vec<Page<'h>>, CallError> {
        let mut query = self.query(request);
        let mut read: Vec<Page<'h>> = Vec::new();
        for place in &pages.0 {
            let page = self.ask(caller, request, &query).await.map_err(CallError::without_cursor)?;
            let start = query.cursor.take().unwrap_or(RunCursor { backend: page.backend(), after: None });
            let (start, page) = place.get_or_init(|| (start, page));
            let batch = page.split()?;
            query.limit = query.limit.saturating_sub(u32::try_from(batch.runs.len()).unwrap_or(u32::MAX));
            // A cursor that does not advance would repeat its page.
            query.cursor = batch.next().filter(|next| *next != start).cloned();
            read.push((start, batch));
            if query.limit == 0 || query.cursor.is_none() {
                break;
            }
        }
        Ok(read)
    }

    /// The page at `at`, with more than `index` runs if there are as many.
    pub(super) async fn one<'h>(
        &self,
        caller: &WorkspaceClient<'_>,
        request: &Request,
        (at, index): (&RunCursor, usize),
        pages: &'h Pages,
    ) -> Result<Vec<Page<'h>>, CallError> {
        let mut query = self.query(request);
        let needed = u32::try_from(index).unwrap_or(MAX_LIMIT).saturating_add(1);
        query.limit = query.limit.max(needed).min(MAX_LIMIT);
        query.cursor = Some(at.clone());
        let page = self.ask(caller, request, &query).await?;
        let start = RunCursor { backend: page.backend(), after: at.after.clone() };
        let [place, ..] = &pages.0;
        let (start, page) = place.get_or_init(|| (start, page));
        Ok(vec![(start, page.split()?)])
    }

    async fn ask(
        &self,
        caller: &WorkspaceClient<'_>,
        request: &Request,
        query: &RunQuery<'_>,
    ) -> Result<RunPage, UpstreamError> {
        let answer = caller.runs(query).await;
        if matches!(answer, Err(UpstreamError::NotFound { .. })) {
            // A deleted project may exist again under its name.
            request.projects.iter().for_each(|name| caller.forget_project(name));
        }
        answer
    }

    fn query<'q>(&'q self, request: &'q Request) -> RunQuery<'q> {
        RunQuery {
            projects: self.projects,
            ids: request.ids.as_deref(),
            run_type: request.run_type,
            reference_example: request.reference_example.as_deref(),
            filter: request.filter.as_deref(),
            trace_filter: request.trace_filter.as_deref(),
            tree_filter: request.tree_filter.as_deref(),
            is_root: request.is_root,
            error: request.error,
            trace: request.trace_id.as_deref(),
            start_time: self.start.as_deref(),
            any_age: false,
            end_time: self.end.as_deref(),
            limit: request.limit,
            order: request.order.upstream(),
            cursor: None,
            select: &request.selection.columns,
        }
    }
}
