//! `list_projects`: tracing projects, or the experiments on a dataset.

pub(crate) mod deployment;
mod shape;

use langsmith::{Project, ProjectQuery, WorkspaceClient};

use crate::toolset::arguments::reader::Arguments;
use crate::toolset::paging::Total;
use crate::toolset::paging::serialized::Serialized;
use crate::toolset::schema::tool_schema::{flag_or, input, integer_or, output, reader, text};
use crate::toolset::{CallResult, Descriptor, Output, ToolError, paging};
use crate::toolsets::langsmith::datasets::dataset_ref::{Both, DatasetRef};
use crate::toolsets::langsmith::workspace_tool::WorkspaceTool;

pub(crate) struct ListProjects;

const DESCRIPTION: &str = "List tracing projects of the workspace, most recently started first. With reference_dataset_id or \
reference_dataset_name, list the experiments on that dataset instead.";

const ONE_DATASET: &str = "Only one of reference_dataset_id or reference_dataset_name may be given";

impl WorkspaceTool for ListProjects {
    type Request = Request;
    const TOO_LARGE_ADVICE: &'static str = "Ask for a smaller limit.";

    fn describe(&self) -> Descriptor {
        let parameters = vec![
            ("limit", integer_or(5, "How many, at most 100.")),
            ("offset", integer_or(0, "How many to skip.")),
            ("project_name", text("Only projects whose name contains this text.")),
            ("query", text("The same as project_name.")),
            (
                "more_info",
                flag_or(false, "true: every field, with statistics of its runs; false: name and ids."),
            ),
            ("reference_dataset_id", text("Only experiments on the dataset with this UUID.")),
            ("reference_dataset_name", text("Only experiments on the dataset with this name.")),
        ];
        let project = vec![
            ("project_id", text("UUID (with more_info=false).")),
            ("id", text("UUID (with more_info=true).")),
            ("url", text("Its web page, if known.")),
        ];
        let members = paging::list_members("projects", "The projects.", project);
        reader("list_projects", "List projects", DESCRIPTION, input(&[], parameters), output(members))
    }

    fn parse(&self, arguments: &mut Arguments<'_>) -> Result<Request, ToolError> {
        Ok(Request {
            limit: arguments.limit()?.unwrap_or(5),
            offset: arguments.offset()?,
            name: arguments.either("project_name", "query")?,
            more_info: arguments.boolean("more_info")?.unwrap_or(false),
            dataset: DatasetRef::parse(arguments, ("reference_dataset_id", "reference_dataset_name"))?
                .map_err(|Both| ToolError::invalid(ONE_DATASET))?,
        })
    }

    async fn run(&self, caller: WorkspaceClient<'_>, request: Request) -> CallResult {
        let dataset = match request.dataset {
            Some(dataset) => Some(dataset.id(&caller).await?),
            None => None,
        };
        let query = ProjectQuery {
            limit: request.limit,
            offset: request.offset,
            name_contains: request.name.as_deref(),
            reference_dataset: dataset.as_deref(),
            include_stats: request.more_info,
        };
        let page = caller.projects(&query).await?;
        let total = Total::of(page.total, request.limit);
        let with_url = page.projects.iter().map(|project| (project, url(&caller, project)));
        let projects = if request.more_info {
            Serialized::all(with_url.map(shape::Full::from))?
        } else {
            Serialized::all(with_url.map(shape::Simple::from))?
        };
        Ok(Output::json(paging::list_with(total, "projects", &projects, request.offset)))
    }
}

fn url(caller: &WorkspaceClient<'_>, project: &Project) -> Option<String> {
    caller.project_page(project.tenant_id.as_deref()?, &project.id)
}

/// The projects to list, and their form.
pub(crate) struct Request {
    limit: u32,
    offset: u32,
    name: Option<String>,
    more_info: bool,
    dataset: Option<DatasetRef>,
}
