//! A call of an agent's tool.

use serde_json::value::RawValue;

use super::answered::go_on;
use super::caller::Caller;
use super::start::start;
use crate::toolset::{Context, Output, SetError, ToolError};
use crate::toolsets::agents::access::Access;
use crate::toolsets::agents::schema::input_of;
use crate::toolsets::agents::{Agents, faults};

/// Runs the agent named `tool`, or goes on with the run for which the client gives input.
pub(in super::super) async fn run(
    agents: &Agents,
    context: &Context<'_>,
    tool: &str,
    arguments: Option<&RawValue>,
) -> Result<Output, SetError> {
    let person = Access::person(context.identity());
    let call = agents.keys.call(&[person.as_bytes(), agents.name().as_bytes(), tool.as_bytes()], arguments);
    let caller = Caller::new(agents, context, call);
    if let Some(input) = context.input() {
        let handle = agents.keys.open_state((person, call), input.state, agents.clock.now())?;
        if handle.server != agents.name() {
            return Err(ToolError::invalid("requestState belongs to another Agent Server.").into());
        }
        return go_on(&caller, &handle, input).await;
    }
    let agent = agents.find(&caller.access, context, tool).await?;
    let input = input_of(arguments)?;
    let schema = agents.catalog.schema(&caller.access.key, caller.session(), &agent.assistant).await;
    schema.map_err(|error| faults::of_agent(&error))?.check(&input)?;
    start(&caller, agent.assistant.assistant_id, &input).await
}
