//! `fetch_runs`: the runs of one or several projects, filtered, one page at a time.
//!
//! There are two ways to page. `page_number` counts through the first `limit` runs, which are fetched anew for each
//! page, as clients of the older server do. `cursor` walks through all of them with one query per page, and runs that
//! arrive meanwhile shift nothing.

mod around;
pub(crate) mod cursor;
mod describe;
mod fetch;
mod member;
mod member_json;
mod order;
mod request;
pub(crate) mod resume_point;
mod selection;
mod shape;
mod value;
mod walk;
mod window;

use langsmith::WorkspaceClient;

use self::around::Around;
use self::fetch::{Pages, QueryParameters};
use self::request::Request;
use self::shape::RunItem;
use self::walk::{Walk, next_cursor};
use super::filter_example::{OF_RUNS, with_example};
use super::since;
use crate::toolset::arguments::period::Period;
use crate::toolset::arguments::reader::Arguments;
use crate::toolset::{CallResult, Descriptor, Output, ToolError, paging};
use crate::toolsets::langsmith::suggest::naming_gone;
use crate::toolsets::langsmith::workspace_tool::WorkspaceTool;

pub(crate) struct FetchRuns;

impl WorkspaceTool for FetchRuns {
    type Request = Request;
    const TOO_LARGE_ADVICE: &'static str = "Ask for a smaller limit, or for less of each run with select.";

    fn describe(&self) -> Descriptor {
        describe::descriptor()
    }

    fn parse(&self, arguments: &mut Arguments<'_>) -> Result<Request, ToolError> {
        Request::parse(arguments)
    }

    async fn run(&self, caller: WorkspaceClient<'_>, request: Request) -> CallResult {
        let answer = match answer(&caller, &request).await {
            Err(error) => Err(fetch::naming_ids(&request, naming_gone(&caller, error).await)),
            answer => answer,
        };
        if request.has_filter() { answer.map_err(|error| with_example(error, OF_RUNS)) } else { answer }
    }
}

async fn answer(caller: &WorkspaceClient<'_>, request: &Request) -> CallResult {
    let mut projects = fetch::projects(caller, request).await?;
    let order = request.order.upstream();
    let pages = Pages::new();
    let (read, window) = match &request.cursor {
        None => {
            let asked = QueryParameters::new(&projects, request.window);
            (asked.first(caller, request, &pages).await?, None)
        }
        Some(cursor) => {
            projects = cursor.projects(caller, projects).await?;
            let window = Period { end: cursor.end, ..request.window };
            let (asked, place) = (QueryParameters::new(&projects, window), &cursor.place);
            (asked.one(caller, request, (&place.at, place.index), &pages).await?, Some(window))
        }
    };
    // A project may have been created anew since its id was cached: the runs are those of the new one then.
    let projects = caller.current_projects(&projects).unwrap_or(projects);
    let around = Around::new(caller, fetch::names(caller, request, &projects).await?);
    let walk = Walk::new(read, request.cursor.as_ref().map(|cursor| &cursor.place), order);
    let window = window.unwrap_or_else(|| walk.window(request.window, order));
    let mut runs = walk.next_runs(request.limit);
    request.order.sort(&mut runs);
    let selection = &request.selection;
    let items: Vec<RunItem<'_>> =
        runs.iter().map(|run| RunItem { run, selection, around: &around }).collect();
    let next = |count| next_cursor(&walk, request, (window, &projects), count);
    let mut page = paging::page_and_next("runs", &items, &request.page, next);
    if !request.order.is_upstream() && walk.place(runs.len()).is_some() {
        paging::add_members(
            &mut page,
            format_args!("\"_incomplete\":true,\"_incomplete_message\":\"{}\"", order::NEWEST_ONLY),
        );
    }
    let is_nothing = request.cursor.is_none() && runs.is_empty();
    if let Some(since) = pages.since().filter(|_| is_nothing) {
        let note = serde_json::json!(format!("No runs found{}", since::note(since)));
        paging::add_members(&mut page, format_args!("\"_note\":{note}"));
    }
    Ok(Output::json(page))
}
