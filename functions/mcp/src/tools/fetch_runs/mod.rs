//! `fetch_runs`: the runs of one or several projects, filtered, one page at a time.

mod describe;
mod fetch;
mod order;
mod request;
mod shape;

use futures_util::future::BoxFuture;
use serde_json::value::RawValue;
use shared::oauth::scope::Scope;

use self::request::Request;
use self::shape::RunItem;
use super::{CallResult, Context, Descriptor, Output, Tool, pagination};

/// The tool.
pub(super) struct FetchRuns;

impl Tool for FetchRuns {
    fn descriptor(&self) -> Descriptor {
        describe::descriptor()
    }

    fn scope(&self) -> Scope {
        Scope::LangsmithRead
    }

    fn call<'a>(
        &'a self,
        context: &'a Context<'a>,
        arguments: Option<&'a RawValue>,
    ) -> BoxFuture<'a, CallResult> {
        Box::pin(run(context, arguments))
    }
}

async fn run(context: &Context<'_>, arguments: Option<&RawValue>) -> CallResult {
    let request = Request::parse(arguments)?;
    let workspace = context.workspace(request.workspace.clone())?;
    let caller = context.caller(workspace.as_ref());
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
