//! Makes examples of an existing dataset from runs.

use langsmith::{UpstreamError, WorkspaceClient};
use uuid::Uuid;

use crate::toolset::{CallError, ToolError};
use crate::toolsets::langsmith::datasets::create_dataset::additions::Additions;
use crate::toolsets::langsmith::datasets::create_dataset::fill::{Filled, Unfilled, fill};
use crate::toolsets::langsmith::datasets::create_dataset::no_run;
use crate::toolsets::langsmith::datasets::dataset_ref::DatasetRef;
use crate::toolsets::langsmith::partial;

const AGAIN: &str = "Some of the examples may have been added. Call again with the same arguments: what is there already is not \
added twice.";

/// Adds one example for each run.
pub(super) async fn add(
    caller: &WorkspaceClient<'_>,
    dataset: DatasetRef,
    runs: Vec<Uuid>,
) -> Result<Filled, CallError> {
    let dataset = existing(caller, dataset).await?;
    let additions = Additions { examples: Vec::new(), runs };
    fill(caller, (dataset, false), &additions).await.map_err(|failure| match failure {
        Unfilled::Upstream(error @ UpstreamError::Rejected { .. }) => error.into(),
        Unfilled::Upstream(error) => partial::after(&error, AGAIN),
        Unfilled::Rejected(taken) => ToolError::invalid(taken.message()).into(),
        Unfilled::NoRun => no_run().with(AGAIN).into(),
    })
}

/// The id of an existing dataset, looked up first: LangSmith's answer to the examples does not name the missing thing.
async fn existing(caller: &WorkspaceClient<'_>, dataset: DatasetRef) -> Result<Uuid, CallError> {
    let id = match dataset {
        DatasetRef::Id(id) => match caller.dataset(&id).await {
            Err(UpstreamError::NotFound { .. }) => {
                return Err(ToolError::not_found(format!("Dataset {id} not found")).into());
            }
            found => found.map(|_| id)?,
        },
        DatasetRef::Name(name) => {
            // The examples go to the dataset with that name now.
            caller.forget_dataset(&name);
            DatasetRef::Name(name).id(caller).await?
        }
    };
    Ok(Uuid::try_parse(&id).map_err(|_| UpstreamError::Malformed)?)
}
