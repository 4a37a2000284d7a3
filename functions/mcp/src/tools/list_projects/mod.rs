//! `list_projects`: tracing projects, or the experiments on a dataset.

mod deployment;
mod shape;

use serde::Serialize;
use shared::langsmith::{Caller, ProjectQuery};

use super::args::Arguments;
use super::named;
use super::schema::{any, flag_or, input, integer_or, objects, output, reader, text};
use super::workspace_tool::WorkspaceTool;
use super::{CallError, CallResult, Descriptor, Output, ToolError};

/// The tool.
pub(super) struct ListProjects;

const DESCRIPTION: &str = "List tracing projects of the workspace, most recently started first. With reference_dataset_id or \
reference_dataset_name, list the experiments on that dataset instead. more_info=true adds statistics and metadata.";

impl WorkspaceTool for ListProjects {
    type Request = Request;

    fn describe(&self) -> Descriptor {
        let parameters = vec![
            ("limit", integer_or(5, "How many projects to return at most, 1 to 100; more counts as 100.")),
            ("project_name", text("Only projects whose name contains this text.")),
            ("more_info", flag_or("false", "true: every field of a project; false: name and ids only.")),
            ("reference_dataset_id", text("Only experiments on the dataset with this UUID.")),
            (
                "reference_dataset_name",
                text("Only experiments on the dataset with this name; not together with the id."),
            ),
        ];
        let project = vec![
            ("name", any("Name, unique in the workspace.")),
            ("project_id", text("UUID (with more_info=false).")),
            ("id", text("UUID (with more_info=true).")),
            ("agent_deployment_id", text("Deployment that the project belongs to, if any.")),
        ];
        let members = vec![("projects", objects("The projects.", project))];
        reader("list_projects", "List projects", DESCRIPTION, input(&[], parameters), output(members))
    }

    fn parse(&self, arguments: &mut Arguments<'_>) -> Result<Request, ToolError> {
        Ok(Request {
            limit: arguments.limit()?.unwrap_or(5),
            name: arguments.text("project_name")?,
            more_info: arguments.boolean("more_info")?.unwrap_or(false),
            dataset: Dataset::parse(arguments)?,
        })
    }

    async fn run(&self, caller: Caller<'_>, request: Request) -> CallResult {
        let dataset = dataset_id(&caller, request.dataset.as_ref()).await?;
        let query = ProjectQuery {
            limit: request.limit,
            name_contains: request.name.as_deref(),
            reference_dataset: dataset.as_deref(),
        };
        let projects = caller.projects(&query).await?;
        Ok(if request.more_info {
            Output::data(&Listing { projects: projects.iter().map(shape::Full::from).collect() })
        } else {
            Output::data(&Listing { projects: projects.iter().map(shape::Simple::from).collect() })
        })
    }
}

/// Which projects to list, and how.
pub(crate) struct Request {
    limit: u32,
    name: Option<String>,
    more_info: bool,
    dataset: Option<Dataset>,
}

enum Dataset {
    Id(String),
    Name(String),
}

impl Dataset {
    fn parse(arguments: &mut Arguments<'_>) -> Result<Option<Self>, ToolError> {
        match (arguments.id("reference_dataset_id")?, arguments.text("reference_dataset_name")?) {
            (Some(_), Some(_)) => Err(ToolError::invalid(
                "Only one of reference_dataset_id or reference_dataset_name may be given",
            )),
            (Some(id), None) => Ok(Some(Self::Id(id))),
            (None, name) => Ok(name.map(Self::Name)),
        }
    }
}

#[derive(Serialize)]
struct Listing<T> {
    projects: Vec<T>,
}

async fn dataset_id(caller: &Caller<'_>, dataset: Option<&Dataset>) -> Result<Option<String>, CallError> {
    let name = match dataset {
        None => return Ok(None),
        Some(Dataset::Id(id)) => return Ok(Some(id.clone())),
        Some(Dataset::Name(name)) => name,
    };
    let found = caller.dataset_id(name).await?;
    found.map(Some).ok_or_else(|| ToolError::not_found(format!("Dataset {} not found", named(name))).into())
}
