//! `list_examples`: the examples of a dataset, or some by their ids.

use langsmith::{ExampleQuery, UpstreamError, WorkspaceClient};

use super::as_of;
use super::dataset_ref::DatasetRef;
use super::example_item::{self, ExampleItem};
use crate::toolset::arguments::errors::wrong_value;
use crate::toolset::arguments::reader::Arguments;
use crate::toolset::paging::Total;
use crate::toolset::schema::tool_schema::{flag_or, input, integer_or, object, output, reader, text, texts};
use crate::toolset::{CallError, CallResult, Descriptor, Output, ToolError, paging, shorten_name};
use crate::toolsets::langsmith::runs::filter_example::{OF_EXAMPLES, with_example};
use crate::toolsets::langsmith::suggest::naming;
use crate::toolsets::langsmith::workspace_tool::WorkspaceTool;

pub(crate) struct ListExamples;

const DESCRIPTION: &str = "List examples of a dataset, latest changes first, or examples by id. Give at \
    least one of dataset_id, \
dataset_name and example_ids. Large ones come a few at a time: continue at next_offset.";

const WHICH: &str = "Give at least one of dataset_id, dataset_name and example_ids.";

/// The longest name of a split, in characters.
const MAX_SPLIT: usize = 200;

impl WorkspaceTool for ListExamples {
    type Request = Request;
    const TOO_LARGE_ADVICE: &'static str = "Ask for a smaller limit.";

    fn describe(&self) -> Descriptor {
        let parameters = vec![
            ("dataset_id", text("UUID of the dataset.")),
            ("dataset_name", text("Or its exact name.")),
            ("example_ids", texts("Only these: at most 100 UUIDs.")),
            ("filter", text("Filter, for example exists(metadata, \"topic\").")),
            ("query", text("Only those whose inputs or outputs contain this text.")),
            ("metadata", object("Only those whose metadata contains this JSON object.")),
            ("splits", texts("Only those in one of these splits: a name or an array.")),
            ("as_of", text("Version: an ISO 8601 time or a tag; the latest when absent.")),
            ("include_attachments", flag_or(false, "true: with links to attachments.")),
            ("inline_s3_urls", flag_or(true, "false: leave out what LangSmith stores elsewhere.")),
            ("limit", integer_or(10, "How many, at most 100.")),
            ("offset", integer_or(0, "How many to skip.")),
        ];
        let members = paging::list_members("examples", "The examples.", example_item::schema());
        reader("list_examples", "List examples", DESCRIPTION, input(&[], parameters), output(members))
    }

    fn parse(&self, arguments: &mut Arguments<'_>) -> Result<Request, ToolError> {
        let (id, name) = (arguments.id("dataset_id")?, arguments.short_text("dataset_name")?);
        let dataset = id.map(DatasetRef::Id).or(name.map(DatasetRef::Name));
        let ids = arguments.ids("example_ids")?;
        if dataset.is_none() && ids.is_empty() {
            return Err(ToolError::invalid(WHICH));
        }
        Ok(Request {
            dataset,
            ids,
            filter: arguments.short_value("filter")?,
            query: arguments.short_text("query")?,
            metadata: arguments.object_text("metadata")?,
            splits: splits(arguments)?,
            as_of: as_of::parse(arguments)?,
            attachments: arguments.boolean("include_attachments")?.unwrap_or(false),
            inline_s3_urls: arguments.boolean("inline_s3_urls")?.unwrap_or(true),
            limit: arguments.limit()?.unwrap_or(10),
            offset: arguments.offset()?,
        })
    }

    async fn run(&self, caller: WorkspaceClient<'_>, request: Request) -> CallResult {
        let dataset = match &request.dataset {
            Some(dataset) => Some(dataset.clone().id(&caller).await?),
            None => None,
        };
        let query = ExampleQuery {
            ids: &request.ids,
            dataset: dataset.as_deref(),
            as_of: request.as_of.as_deref(),
            splits: &request.splits,
            filter: request.filter.as_deref(),
            metadata: request.metadata.as_deref(),
            full_text: request.query.as_deref(),
            inline_s3_urls: request.inline_s3_urls,
            attachments: request.attachments,
            limit: request.limit,
            offset: request.offset,
        };
        let page = match caller.examples(&query).await {
            Ok(page) => page,
            Err(error) => {
                let error = missing(&caller, &request, error).await;
                return Err(if request.filter.is_some() { with_example(error, OF_EXAMPLES) } else { error });
            }
        };
        let total = Total::of(page.total(), request.limit);
        let examples: Vec<ExampleItem<'_>> = page.split()?.into_iter().map(ExampleItem::from).collect();
        Ok(Output::json(paging::list_with(total, "examples", &examples, request.offset)))
    }
}

/// The error of a failed listing. One for something unknown names it: the dataset, or only the requested version.
async fn missing(caller: &WorkspaceClient<'_>, request: &Request, error: UpstreamError) -> CallError {
    if !error.is_not_found() {
        return error.into();
    }
    let (name, exists) = match &request.dataset {
        Some(DatasetRef::Name(name)) => {
            // A deleted dataset may exist again under its name.
            caller.forget_dataset(name);
            (shorten_name(name), true)
        }
        Some(DatasetRef::Id(id)) => {
            let exists = request.as_of.is_some() && caller.dataset(id).await.is_ok();
            (id.clone(), exists)
        }
        None => return naming(error, no_examples(request)),
    };
    match &request.as_of {
        Some(as_of) if exists => naming(error, format_args!("Dataset {name} has no version {as_of}")),
        _ => naming(error, format_args!("Dataset {name} not found")),
    }
}

fn no_examples(request: &Request) -> String {
    let version = request.as_of.as_ref().map(|as_of| format!(" in a version {as_of}")).unwrap_or_default();
    format!("None of the examples was found{version}")
}

fn splits(arguments: &mut Arguments<'_>) -> Result<Vec<String>, ToolError> {
    let splits = arguments.list("splits")?.unwrap_or_default();
    if splits.iter().any(|split| split.chars().count() > MAX_SPLIT) {
        return Err(wrong_value("splits", &format!("names of at most {MAX_SPLIT} characters")));
    }
    arguments.in_url.extend("splits", &splits);
    Ok(splits)
}

/// The examples to list.
pub(crate) struct Request {
    dataset: Option<DatasetRef>,
    ids: Vec<String>,
    filter: Option<String>,
    query: Option<String>,
    metadata: Option<String>,
    splits: Vec<String>,
    as_of: Option<String>,
    attachments: bool,
    inline_s3_urls: bool,
    limit: u32,
    offset: u32,
}
