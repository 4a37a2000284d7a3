//! `list_projects`: tracing projects, or the experiments on a dataset.

mod deployment;
mod shape;

use futures_util::future::BoxFuture;
use serde::Serialize;
use serde_json::value::RawValue;
use shared::ids::WorkspaceId;
use shared::langsmith::{Caller, ProjectQuery};
use shared::oauth::scope::Scope;

use super::args::Arguments;
use super::schema::{any, flag_or, input, integer_or, objects, output, reader, text};
use super::{CallError, CallResult, Context, Descriptor, Output, Tool, ToolError};

/// The tool.
pub(super) struct ListProjects;

const DESCRIPTION: &str = "List tracing projects of the workspace, most recently started first. With reference_dataset_id or \
reference_dataset_name, list the experiments on that dataset instead. more_info=true adds statistics and metadata.";

impl Tool for ListProjects {
    fn descriptor(&self) -> Descriptor {
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

struct Request {
    limit: u32,
    name: Option<String>,
    more_info: bool,
    dataset: Option<Dataset>,
    workspace: Option<WorkspaceId>,
}

enum Dataset {
    Id(String),
    Name(String),
}

impl Request {
    fn parse(arguments: Option<&RawValue>) -> Result<Self, ToolError> {
        let mut arguments = Arguments::parse(arguments)?;
        let id = arguments.id("reference_dataset_id")?;
        let name = arguments.text("reference_dataset_name")?;
        let dataset = match (id, name) {
            (Some(_), Some(_)) => {
                return Err(ToolError::invalid(
                    "Only one of reference_dataset_id or reference_dataset_name may be given",
                ));
            }
            (Some(id), None) => Some(Dataset::Id(id)),
            (None, name) => name.map(Dataset::Name),
        };
        let request = Self {
            limit: arguments.limit()?.unwrap_or(5),
            name: arguments.text("project_name")?,
            more_info: arguments.boolean("more_info")?.unwrap_or(false),
            dataset,
            workspace: arguments.workspace()?,
        };
        arguments.finish()?;
        Ok(request)
    }
}

async fn run(context: &Context<'_>, arguments: Option<&RawValue>) -> CallResult {
    let request = Request::parse(arguments)?;
    let workspace = context.workspace(request.workspace.clone())?;
    let caller = context.caller(workspace.as_ref());
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
    let known = name.chars().take(128).collect::<String>();
    found.map(Some).ok_or_else(|| ToolError::not_found(format!("Dataset {known} not found")).into())
}
