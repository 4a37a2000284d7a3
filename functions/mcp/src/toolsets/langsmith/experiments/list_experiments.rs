//! `list_experiments`: the experiments on a dataset, with their scores, latencies and costs as numbers.

use langsmith::{Project, ProjectQuery, WorkspaceClient};
use serde::Serialize;
use serde_json::value::RawValue;

use crate::toolset::arguments::reader::Arguments;
use crate::toolset::paging::Total;
use crate::toolset::paging::serialized::Serialized;
use crate::toolset::schema::tool_schema::{any, input, integer_or, number, output, reader, text};
use crate::toolset::{CallResult, Descriptor, Output, ToolError, paging};
use crate::toolsets::langsmith::datasets::dataset_ref::{Both, DatasetRef};
use crate::toolsets::langsmith::projects::list_projects::deployment;
use crate::toolsets::langsmith::workspace_tool::WorkspaceTool;

pub(crate) struct ListExperiments;

const DESCRIPTION: &str = "List the experiments on a dataset, newest first, with scores, latency and cost. Give its \
id or its name. An experiment is a project: fetch_runs reads its runs.";

const NO_DATASET: &str = "Either 'reference_dataset_id' or 'reference_dataset_name' must be provided";
const TWO_DATASETS: &str =
    "Cannot provide both 'reference_dataset_id' and 'reference_dataset_name'. Please provide only one.";

impl WorkspaceTool for ListExperiments {
    type Request = Request;
    const TOO_LARGE_ADVICE: &'static str = "Ask for a smaller limit.";

    fn describe(&self) -> Descriptor {
        let parameters = vec![
            ("reference_dataset_id", text("UUID of the dataset.")),
            ("reference_dataset_name", text("Or its name.")),
            ("limit", integer_or(5, "How many, at most 100.")),
            ("offset", integer_or(0, "How many to skip.")),
            ("project_name", text("Only experiments whose name contains this text.")),
            ("query", text("The same as project_name.")),
        ];
        let experiment = vec![
            ("feedback_stats", any("Scores by feedback key: count n, average avg.")),
            ("latency_p50_seconds", number("Median latency, if known; likewise latency_p99_seconds.")),
            ("total_cost", number("Dollars, if known; likewise prompt_cost and completion_cost.")),
            ("url", text("Its web page, if known.")),
        ];
        let members = paging::list_members("experiments", "The experiments.", experiment);
        reader("list_experiments", "List experiments", DESCRIPTION, input(&[], parameters), output(members))
    }

    fn parse(&self, arguments: &mut Arguments<'_>) -> Result<Request, ToolError> {
        let dataset = DatasetRef::parse(arguments, ("reference_dataset_id", "reference_dataset_name"))?
            .map_err(|Both| ToolError::invalid(TWO_DATASETS))?;
        Ok(Request {
            dataset: dataset.ok_or_else(|| ToolError::invalid(NO_DATASET))?,
            limit: arguments.limit()?.unwrap_or(5),
            offset: arguments.offset()?,
            name: arguments.either("project_name", "query")?,
        })
    }

    async fn run(&self, caller: WorkspaceClient<'_>, request: Request) -> CallResult {
        let dataset = request.dataset.id(&caller).await?;
        let query = ProjectQuery {
            limit: request.limit,
            offset: request.offset,
            name_contains: request.name.as_deref(),
            reference_dataset: Some(&dataset),
            include_stats: true,
        };
        let page = caller.projects(&query).await?;
        let total = Total::of(page.total, request.limit);
        let experiment = |project| Experiment { url: url(&caller, project), ..Experiment::from(project) };
        let found = Serialized::all(page.projects.iter().map(experiment))?;
        Ok(Output::json(paging::list_with(total, "experiments", &found, request.offset)))
    }
}

/// The experiments to list.
pub(crate) struct Request {
    dataset: DatasetRef,
    limit: u32,
    offset: u32,
    name: Option<String>,
}

/// An experiment, with its members in the order that clients of the older server know. A statistic that LangSmith has
/// not computed is absent, not null.
#[derive(Serialize)]
struct Experiment<'a> {
    name: Option<&'a str>,
    experiment_id: &'a str,
    feedback_stats: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    latency_p50_seconds: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    latency_p99_seconds: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    total_cost: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prompt_cost: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    completion_cost: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    agent_deployment_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

impl<'a> From<&'a Project> for Experiment<'a> {
    fn from(project: &'a Project) -> Self {
        Self {
            name: project.name.as_deref(),
            experiment_id: &project.id,
            feedback_stats: project.feedback_stats.as_deref(),
            latency_p50_seconds: project.latency_p50,
            latency_p99_seconds: project.latency_p99,
            total_cost: dollars(project.total_cost.as_deref()),
            prompt_cost: dollars(project.prompt_cost.as_deref()),
            completion_cost: dollars(project.completion_cost.as_deref()),
            agent_deployment_id: deployment::of(project),
            url: None,
        }
    }
}

fn url(caller: &WorkspaceClient<'_>, project: &Project) -> Option<String> {
    let (workspace, dataset) = (project.tenant_id.as_deref()?, project.reference_dataset_id.as_deref()?);
    caller.experiment_page(workspace, dataset, &project.id)
}

/// A decimal, text at LangSmith, as a number: clients of the older server calculate with it.
fn dollars(raw: Option<&RawValue>) -> Option<f64> {
    let amount: f64 = raw?.get().trim_matches('"').parse().ok()?;
    amount.is_finite().then_some(amount)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(json: &str) -> String {
        let project: Project = serde_json::from_str(json).unwrap();
        serde_json::to_string(&Experiment::from(&project)).unwrap()
    }

    #[test]
    fn statistics_are_numbers_in_a_fixed_order() {
        let json = r#"{"id":"i","name":"n","latency_p50":1.626,"latency_p99":2.39,"total_cost":"0.00013005","prompt_cost":0.5,
            "completion_cost":"0.0001092","feedback_stats":{"correctness":{"n":2,"avg":0.5}},
            "extra":{"metadata":{"host":{"deployment_id":"dep-1"}}}}"#;
        assert_eq!(
            shown(json),
            r#"{"name":"n","experiment_id":"i","feedback_stats":{"correctness":{"n":2,"avg":0.5}},"latency_p50_seconds":1.626,"latency_p99_seconds":2.39,"total_cost":0.00013005,"prompt_cost":0.5,"completion_cost":0.0001092,"agent_deployment_id":"dep-1"}"#
        );
    }

    #[test]
    fn what_is_not_known_is_absent_except_for_the_scores() {
        let json = r#"{"id":"i","name":null,"latency_p50":null,"total_cost":null,"prompt_cost":"much","completion_cost":"1e999"}"#;
        assert_eq!(shown(json), r#"{"name":null,"experiment_id":"i","feedback_stats":null}"#);
    }
}
