//! `read_dataset`: one dataset, without its examples.

use langsmith::{NamedKind, WorkspaceClient};

use super::dataset_item::{self, DatasetItem};
use super::dataset_ref::{Both, DatasetRef};
use crate::toolset::arguments::reader::Arguments;
use crate::toolset::schema::tool_schema::{input, output, reader, text};
use crate::toolset::{CallResult, Descriptor, Output, ToolError, paging};
use crate::toolsets::langsmith::suggest::{naming, no_such};
use crate::toolsets::langsmith::workspace_tool::WorkspaceTool;

pub(crate) struct ReadDataset;

const DESCRIPTION: &str = "Read one dataset: its schemas, type, counts and times. Give its id or its \
name. Read its examples with list_examples.";

const EXACTLY_ONE: &str = "Error reading dataset: Exactly one argument in each of the following groups must be defined: \
dataset_name, dataset_id";

/// The spelling of UTC in this tool's answers.
const ZONE: &str = "+00:00";

impl WorkspaceTool for ReadDataset {
    type Request = DatasetRef;

    fn describe(&self) -> Descriptor {
        let parameters =
            vec![("dataset_id", text("UUID of the dataset.")), ("dataset_name", text("Or its exact name."))];
        let mut dataset = serde_json::Value::from(output(dataset_item::schema()));
        if let Some(schema) = dataset.as_object_mut() {
            schema.insert("description".into(), "The dataset.".into());
        }
        let members = vec![("dataset", dataset)];
        reader("read_dataset", "Read a dataset", DESCRIPTION, input(&[], parameters), output(members))
    }

    fn parse(&self, arguments: &mut Arguments<'_>) -> Result<DatasetRef, ToolError> {
        let dataset = DatasetRef::parse(arguments, ("dataset_id", "dataset_name"))?;
        let dataset = dataset.map_err(|Both| ToolError::invalid(EXACTLY_ONE))?;
        dataset.ok_or_else(|| ToolError::invalid(EXACTLY_ONE))
    }

    async fn run(&self, caller: WorkspaceClient<'_>, dataset: DatasetRef) -> CallResult {
        let item = |dataset| DatasetItem::new(&caller, dataset, ZONE);
        let json = match dataset {
            DatasetRef::Id(id) => {
                let found = caller.dataset(&id).await;
                let body = found.map_err(|error| naming(error, format_args!("Dataset {id} not found")))?;
                paging::object("dataset", &item(body.read()?))
            }
            DatasetRef::Name(name) => {
                let page = caller.dataset_named(&name).await?;
                match page.split()?.into_iter().next() {
                    Some(found) => paging::object("dataset", &item(found)),
                    None => return Err(no_such(&caller, NamedKind::Dataset, &name).await.into()),
                }
            }
        };
        Ok(Output::json(json))
    }
}
