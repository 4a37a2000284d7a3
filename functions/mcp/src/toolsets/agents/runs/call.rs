//! A call of an agent's tool.

use agent_server::AgentError;
use serde_json::value::RawValue;

use super::agent_call::AgentCall;
use super::answered::go_on;
use super::start::{NotRun, start};
use crate::toolset::{Context, Output, SetError};
use crate::toolsets::agents::access::Access;
use crate::toolsets::agents::catalog::Agent;
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
    let id = agents.keys.call(&[person.as_bytes(), agents.place.as_bytes(), tool.as_bytes()], arguments);
    let call = AgentCall::new(agents, context, id).await?.of_agent();
    if let Some(input) = context.input() {
        let handle = agents.keys.open_state((person, id), input.state, agents.clock.now())?;
        if handle.server != agents.place {
            return Err(SetError::RequestState);
        }
        return go_on(&call, &handle, input).await;
    }
    let input = input_of(arguments)?;
    let agent = agents.find(&call.access, context, tool).await?;
    match run_agent(&call, &agent, &input).await {
        // The cached list is older than the server's.
        Err(NotRun::Gone) => {
            agents.catalog.forget(&call.access.key);
            let agent = agents.find(&call.access, context, tool).await?;
            Ok(run_agent(&call, &agent, &input).await?)
        }
        result => Ok(result?),
    }
}

async fn run_agent(call: &AgentCall<'_>, agent: &Agent, input: &RawValue) -> Result<Output, NotRun> {
    let schema = call.agents.catalog.schema(&call.access.key, call.session(), &agent.assistant).await;
    let schema = schema.map_err(|error| match error {
        AgentError::NotFound => NotRun::Gone,
        error => faults::of_agent(&error).into(),
    })?;
    schema.check(input).map_err(SetError::from)?;
    start(call, agent.assistant.assistant_id, input).await
}
