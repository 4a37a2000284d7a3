//! `fetch_runs`: the runs of one or several projects, filtered, one page at a time.

mod describe;
mod fetch;
mod order;
mod request;
mod shape;

use shared::langsmith::Caller;

use self::request::Request;
use self::shape::RunItem;
use super::args::Arguments;
use super::workspace_tool::WorkspaceTool;
use super::{CallResult, Descriptor, Output, ToolError, pagination};

/// The tool.
pub(super) struct FetchRuns;

impl WorkspaceTool for FetchRuns {
    type Request = Request;

    fn describe(&self) -> Descriptor {
        describe::descriptor()
    }

    fn parse(&self, arguments: &mut Arguments<'_>) -> Result<Request, ToolError> {
        Request::parse(arguments)
    }

    async fn run(&self, caller: Caller<'_>, request: Request) -> CallResult {
        let projects = fetch::projects(&caller, &request.projects).await?;
        let query = fetch::query(&request, &projects);
        let first = caller.runs(&query).await?;
        let batch = first.split()?;
        let rest = fetch::rest(&caller, query, &batch).await?;
        let mut runs = batch.runs;
        for page in &rest {
            runs.extend(page.split()?.runs);
        }
        runs.truncate(request.limit as usize);
        request.order.sort(&mut runs);
        let items: Vec<RunItem<'_>> = runs.iter().map(RunItem).collect();
        Ok(Output::json(pagination::page("runs", &items, &request.page)))
    }
}
