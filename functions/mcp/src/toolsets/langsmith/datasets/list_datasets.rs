//! `list_datasets`: the datasets of a workspace.

use langsmith::{DatasetQuery, WorkspaceClient};

use super::dataset_item::{self, DATA_TYPES, DatasetItem};
use crate::toolset::arguments::reader::Arguments;
use crate::toolset::paging::Total;
use crate::toolset::schema::tool_schema::{
    choice_or_none, input, integer_or, object, output, reader, text, texts,
};
use crate::toolset::{CallResult, Descriptor, Output, ToolError, paging};
use crate::toolsets::langsmith::workspace_tool::WorkspaceTool;

pub(crate) struct ListDatasets;

const DESCRIPTION: &str = "List datasets of the workspace, those with the latest experiments first. \
Read their examples with list_examples.";

impl WorkspaceTool for ListDatasets {
    type Request = Request;
    const TOO_LARGE_ADVICE: &'static str = "Ask for a smaller limit.";

    fn describe(&self) -> Descriptor {
        let parameters = vec![
            ("dataset_ids", texts("Only these: at most 100 UUIDs.")),
            ("data_type", choice_or_none(&DATA_TYPES, "Only those of this type.")),
            ("dataset_name", text("Only the one with exactly this name.")),
            ("dataset_name_contains", text("Only those whose name contains this text.")),
            ("query", text("The same as dataset_name_contains.")),
            ("metadata", object("Only those whose metadata contains this JSON object.")),
            ("limit", integer_or(20, "How many, at most 100.")),
            ("offset", integer_or(0, "How many to skip.")),
        ];
        let members = paging::list_members("datasets", "The datasets.", dataset_item::schema());
        reader("list_datasets", "List datasets", DESCRIPTION, input(&[], parameters), output(members))
    }

    fn parse(&self, arguments: &mut Arguments<'_>) -> Result<Request, ToolError> {
        Ok(Request {
            ids: arguments.ids("dataset_ids")?,
            data_type: arguments.choice("data_type", &DATA_TYPES)?,
            name: arguments.short_text("dataset_name")?,
            name_contains: arguments.either("dataset_name_contains", "query")?,
            metadata: arguments.object_text("metadata")?,
            limit: arguments.limit()?.unwrap_or(20),
            offset: arguments.offset()?,
        })
    }

    async fn run(&self, caller: WorkspaceClient<'_>, request: Request) -> CallResult {
        let query = DatasetQuery {
            ids: &request.ids,
            data_type: request.data_type,
            name: request.name.as_deref(),
            name_contains: request.name_contains.as_deref(),
            metadata: request.metadata.as_deref(),
            limit: request.limit,
            offset: request.offset,
        };
        let page = caller.datasets(&query).await?;
        let total = Total::of(page.total(), request.limit);
        let datasets = page.split()?.into_iter().map(|dataset| DatasetItem::new(&caller, dataset, "Z"));
        let datasets: Vec<DatasetItem<'_>> = datasets.collect();
        Ok(Output::json(paging::list_with(total, "datasets", &datasets, request.offset)))
    }
}

/// The datasets to list.
pub(crate) struct Request {
    ids: Vec<String>,
    data_type: Option<&'static str>,
    name: Option<String>,
    name_contains: Option<String>,
    metadata: Option<String>,
    limit: u32,
    offset: u32,
}
