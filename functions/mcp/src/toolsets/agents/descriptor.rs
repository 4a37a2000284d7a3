//! An agent's entry in `tools/list`.

use std::sync::Arc;

use rmcp::model::ToolAnnotations;

use super::catalog::{Agent, shown_name};
use super::envelope;
use super::schema::AgentSchema;
use crate::toolset::Descriptor;

/// The tool. Name, title and description are the Agent Server's own for this agent.
pub(super) fn of(agent: &Agent, schema: &AgentSchema) -> Descriptor {
    let (name, graph) = (shown_name(&agent.assistant), &agent.assistant.graph_id);
    let own = agent.assistant.description.as_deref().map(str::trim).filter(|text| !text.is_empty());
    let mut description =
        own.map_or_else(|| format!("Tool based on the {name} assistant"), ToOwned::to_owned);
    if name != graph {
        let stop = if description.ends_with(['.', '!', '?']) { "" } else { "." };
        description = format!("{description}{stop} Runs the graph {graph}.");
    }
    let mut tool = Descriptor::new(agent.name.clone(), description, schema.input());
    tool.title = Some(name.to_owned());
    tool.output_schema = Some(Arc::clone(envelope::schema()));
    tool.annotations =
        Some(ToolAnnotations::new().read_only(false).destructive(false).idempotent(false).open_world(true));
    tool
}
