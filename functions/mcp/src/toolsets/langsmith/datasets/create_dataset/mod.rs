//! `create_dataset`: a dataset with its schemas and examples, reported as one; without arguments, a guide.

pub(crate) mod additions;
mod changed;
mod differences;
mod entry;
pub(crate) mod fill;
mod json_schema;
mod rejected;
mod request;

use langsmith::{Made, NewDataset, StoredDataset, UpstreamError, WorkspaceClient};
use serde::Serialize;
use uuid::Uuid;

use self::fill::Unfilled;
use self::request::{Contents, MAX_EXAMPLES, Request};
use super::dataset_item::DATA_TYPES;
use crate::toolset::arguments::placeholders::defaults::Defaults;
use crate::toolset::arguments::reader::Arguments;
use crate::toolset::schema::entry::entries;
use crate::toolset::schema::tool_schema::{
    Effect, any, choice, input, integer, object, output, text, texts, writer,
};
use crate::toolset::{CallError, CallResult, Descriptor, Output, ToolError, shorten_name};
use crate::toolsets::langsmith::partial;
use crate::toolsets::langsmith::workspace_tool::WorkspaceTool;

pub(crate) struct CreateDataset;

const GUIDE: &str = include_str!("guide.md");

const DESCRIPTION: &str = "Create a dataset, with examples if given, or add examples to one that exists. Repeating a call adds \
nothing twice. Without arguments: a guide.";

impl WorkspaceTool for CreateDataset {
    type Request = Request;
    const WRITES: bool = true;
    const DEFAULTS: Defaults = request::DEFAULTS;

    fn describe(&self) -> Descriptor {
        let parameters = vec![
            ("dataset_name", text("Name, unique in the workspace. Required to create.")),
            ("description", text("What it is for.")),
            ("data_type", choice(&DATA_TYPES, "Kind of examples; kv when absent.")),
            ("inputs_schema", object("JSON Schema that inputs must fit.")),
            ("outputs_schema", object("JSON Schema that outputs must fit.")),
            ("metadata", object("Labels of the dataset.")),
            ("examples", entries("Each needs inputs.", MAX_EXAMPLES, request::members())),
            ("source_run_ids", texts("Runs to add as examples, at most 100.")),
        ];
        let members = vec![
            ("dataset_id", text("UUID.")),
            ("status", text("created, or exists when it was there before.")),
            ("examples_created", integer("Examples that this call added.")),
            ("examples_existing", integer("Examples that existed already.")),
            ("example_ids", any("UUIDs of the call's examples, in order.")),
            ("url", text("Web page of it, if known.")),
            ("result", text("The guide, without arguments.")),
        ];
        let names = ("create_dataset", "Create dataset");
        writer(names, Effect::Adds, DESCRIPTION, input(&[], parameters), output(members))
    }

    fn parse(&self, arguments: &mut Arguments<'_>) -> Result<Request, ToolError> {
        request::parse(arguments)
    }

    async fn run(&self, caller: WorkspaceClient<'_>, request: Request) -> CallResult {
        match request {
            Request::Guide => Ok(Output::document(GUIDE)),
            Request::Create(name, contents) => Ok(Output::data(&make(&caller, &name, &contents).await?)),
        }
    }
}

#[derive(Serialize)]
struct Report<'r> {
    dataset_id: String,
    dataset_name: &'r str,
    status: &'static str,
    examples_created: usize,
    examples_existing: usize,
    example_ids: Vec<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

async fn make<'r>(
    caller: &WorkspaceClient<'_>,
    name: &'r str,
    contents: &Contents,
) -> Result<Report<'r>, CallError> {
    let new = NewDataset {
        name,
        description: contents.description.as_deref(),
        data_type: contents.data_type,
        inputs_schema_definition: contents.inputs_schema.as_deref(),
        outputs_schema_definition: contents.outputs_schema.as_deref(),
        metadata: contents.metadata.as_deref(),
    };
    let (dataset, is_new) = match caller.create_dataset(&new).await? {
        Made::New(dataset) => (dataset, true),
        Made::Existing(dataset) => (dataset, false),
    };
    if !is_new {
        differences::check((name, contents), &dataset)?;
    }
    let filled = fill::fill(caller, (dataset.id, is_new), &contents.additions).await;
    let filled = filled.map_err(|failure| match failure {
        Unfilled::Upstream(error) => {
            let done = unfinished(&error, name, &dataset);
            partial::after(&error, &done)
        }
        Unfilled::Rejected(taken) => {
            ToolError::invalid(taken.message()).with(&unfinished_message("What", name, &dataset)).into()
        }
        Unfilled::NoRun => no_run().with(&unfinished_message("What", name, &dataset)).into(),
    })?;
    Ok(Report {
        dataset_id: dataset.id.to_string(),
        dataset_name: name,
        status: if is_new { "created" } else { "exists" },
        examples_created: filled.created,
        examples_existing: filled.existing,
        example_ids: filled.ids,
        url: caller.web_root().map(|root| format!("{root}/o/{}/datasets/{}", dataset.tenant_id, dataset.id)),
    })
}

/// The error for an unknown source run.
pub(crate) fn no_run() -> ToolError {
    ToolError::not_found(
        "LangSmith does not know every one of source_run_ids in this workspace. Find run ids with fetch_runs.",
    )
}

/// The state after a failure in the middle, and advice on how to go on.
fn unfinished(error: &UpstreamError, name: &str, dataset: &StoredDataset) -> String {
    let advice = match error {
        UpstreamError::Rejected { .. } => {
            "Correct the examples and call again; another schema needs another dataset_name. What"
        }
        _ => "Call again with the same arguments: what",
    };
    unfinished_message(advice, name, dataset)
}

fn unfinished_message(advice: &str, name: &str, dataset: &StoredDataset) -> String {
    format!(
        "The dataset {} exists ({}), but some of its examples may be missing. {advice} is there already is not added twice.",
        shorten_name(name),
        dataset.id
    )
}
