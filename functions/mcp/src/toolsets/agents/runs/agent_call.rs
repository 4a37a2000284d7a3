//! A call of a tool that concerns one Agent Server.

use agent_server::{Input, RunRequest, Session};
use uuid::Uuid;

use super::keys::RunHandle;
use crate::toolset::{Context, SetError, ToolError, declares_tasks};
use crate::toolsets::agents::Agents;
use crate::toolsets::agents::access::Access;

/// A call with what its tool needs: the server, the request's context and the person's access.
pub(in super::super) struct AgentCall<'a> {
    pub(super) agents: &'a Agents,
    pub(super) context: &'a Context<'a>,
    pub(super) access: Access,
    /// Equal calls of the person have one id.
    pub(super) id: Uuid,
    /// Whether it may be answered by a task.
    pub(super) may_be_task: bool,
}

impl<'a> AgentCall<'a> {
    /// The call with this id, if the person has access to the server.
    pub(super) async fn new(
        agents: &'a Agents,
        context: &'a Context<'a>,
        id: Uuid,
    ) -> Result<Self, SetError> {
        let access = agents.access(context.identity()).await.map_err(|why| agents.inaccessible(&why))?;
        Ok(Self { agents, context, access, id, may_be_task: false })
    }

    /// The same call, as one of an agent's own tool: a client that declares tasks gets one if the run takes long.
    pub(super) fn of_agent(self) -> Self {
        Self { may_be_task: declares_tasks(self.context.client_capabilities()), ..self }
    }

    /// The server, until the call must have an output.
    pub(super) fn session(&self) -> Session<'_> {
        self.agents.server.session(&self.access.credential, self.context.deadline())
    }

    /// A run to start, with the server's options, in the trace of the request.
    pub(super) fn run<'b>(&'b self, assistant: Uuid, input: Input<'b>) -> RunRequest<'b> {
        RunRequest { assistant, input, options: &self.agents.options, trace: self.context.trace() }
    }

    /// The page on which the person can answer the run's questions; none for a caller without a login.
    pub(super) fn answer_page(&self, handle: &RunHandle) -> Option<String> {
        let agents = self.agents;
        let path = agents.keys.answer_path(self.context.identity(), handle, agents.clock.now())?;
        Some(agents.public_url.join(&path))
    }

    /// The handle in the form for the person.
    pub(super) fn sealed(&self, handle: &RunHandle) -> Result<String, ToolError> {
        self.agents.keys.seal(&self.access.person, handle)
    }
}
