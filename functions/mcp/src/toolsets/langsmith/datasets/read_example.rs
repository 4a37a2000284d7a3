//! `read_example`: one example of a dataset.

use langsmith::{UpstreamError, WorkspaceClient};

use super::as_of;
use super::example_item::{self, ExampleItem};
use crate::toolset::arguments::errors::missing;
use crate::toolset::arguments::reader::Arguments;
use crate::toolset::schema::tool_schema::{input, output, reader, text};
use crate::toolset::{CallError, CallResult, Descriptor, Output, ToolError, paging};
use crate::toolsets::langsmith::suggest::naming;
use crate::toolsets::langsmith::workspace_tool::WorkspaceTool;

pub(crate) struct ReadExample;

const DESCRIPTION: &str = "Read one example of a dataset, as it is now or as it was in an earlier version.";

impl WorkspaceTool for ReadExample {
    type Request = Request;

    fn describe(&self) -> Descriptor {
        let parameters = vec![
            ("example_id", text("UUID of the example.")),
            ("as_of", text("Version: an ISO 8601 time or a tag; the latest when absent.")),
        ];
        let mut example = serde_json::Value::from(output(example_item::schema()));
        if let Some(schema) = example.as_object_mut() {
            schema.insert("description".into(), "The example.".into());
        }
        let members = vec![("example", example)];
        reader(
            "read_example",
            "Read an example",
            DESCRIPTION,
            input(&["example_id"], parameters),
            output(members),
        )
    }

    fn parse(&self, arguments: &mut Arguments<'_>) -> Result<Request, ToolError> {
        let id = arguments.id("example_id")?.ok_or_else(|| missing("example_id"))?;
        Ok(Request { id, as_of: as_of::parse(arguments)? })
    }

    async fn run(&self, caller: WorkspaceClient<'_>, request: Request) -> CallResult {
        let body = match caller.example(&request.id, request.as_of.as_deref()).await {
            Ok(body) => body,
            Err(error) => return Err(missing_of(&caller, &request, error).await),
        };
        Ok(Output::json(paging::object("example", &ExampleItem::from(body.read()?))))
    }
}

/// The error for a missing example, or for a missing version of it: one more request to LangSmith decides.
async fn missing_of(
    caller: &WorkspaceClient<'_>,
    Request { id, as_of }: &Request,
    error: UpstreamError,
) -> CallError {
    let version = as_of.as_deref().filter(|_| error.is_not_found());
    match version {
        Some(as_of) if caller.example(id, None).await.is_ok() => {
            naming(error, format_args!("Example {id} has no version {as_of}"))
        }
        _ => naming(error, format_args!("Example {id} not found")),
    }
}

/// The example to read.
pub(crate) struct Request {
    id: String,
    as_of: Option<String>,
}
