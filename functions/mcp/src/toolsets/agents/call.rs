//! A call of an agent's tool: a run on a thread of its own.

use agent_server::{AgentError, Input, Outcome, RunRequest, Ttl};
use serde_json::Map;
use serde_json::value::RawValue;

use super::access::Access;
use super::catalog::Agent;
use super::envelope::{Envelope, Status};
use super::schema::input_of;
use super::{Agents, faults};
use crate::toolset::{Context, ListError, Output, SetError, ToolError};

/// How long a server keeps the thread of a call.
const TTL: Ttl = Ttl::minutes(60);

/// Runs the agent named `tool`.
pub(super) async fn run(
    agents: &Agents,
    context: &Context<'_>,
    tool: &str,
    arguments: Option<&RawValue>,
) -> Result<Output, SetError> {
    let access = agents.access(context.identity());
    let agent = agents.find(&access, context, tool).await?;
    let session = agents.server.session(&access.credential, context.deadline());
    let failed = |error: AgentError| faults::of_call(&error);
    let input = input_of(arguments)?;
    let thread = session.create_thread(TTL, &Map::new()).await.map_err(failed)?;
    let request = RunRequest { assistant: agent.assistant.assistant_id, input: Input::Values(&input) };
    let started = session.start_run(thread, &request).await.map_err(failed)?;
    match session.outcome(started).await.map_err(failed)? {
        Outcome::Values(values) => {
            Ok(Output::data(&Envelope { status: Status::Completed, output: Some(&values) }))
        }
        Outcome::Failed(failure) => {
            Err(ToolError::of_backend(format!("{}: {}", failure.class, failure.message)).into())
        }
        Outcome::Interrupted(_) => Err(ToolError::of_backend("The agent asks a question.").into()),
    }
}

impl Agents {
    /// The agent of this name. A name that is not in the cached list may be new, so the list is read again, once.
    async fn find(&self, access: &Access, context: &Context<'_>, name: &str) -> Result<Agent, SetError> {
        if let Some(agent) = self.catalog.known(&access.key).and_then(|list| list.find(name).cloned()) {
            return Ok(agent);
        }
        let list = self.read_list(access, context).await.map_err(|error| match error {
            ListError::Missing { reason, .. } => ToolError::of_backend(reason).into(),
            ListError::Cursor => SetError::UnknownTool,
        })?;
        if let Some(agent) = list.find(name) {
            return Ok(agent.clone());
        }
        match list.renamed(name) {
            Some(now) => {
                let now = self.settings.name.name(now);
                Err(ToolError::not_found(format!("This agent's tool is called {now} now.")).into())
            }
            None => Err(SetError::UnknownTool),
        }
    }
}
