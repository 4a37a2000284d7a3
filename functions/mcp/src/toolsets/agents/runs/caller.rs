//! A call of one person at one Agent Server.

use agent_server::{Input, RunRequest, Session};
use uuid::Uuid;

use super::keys::RunHandle;
use crate::toolset::{Context, Output, SetError, ToolError};
use crate::toolsets::agents::Agents;
use crate::toolsets::agents::access::Access;

/// The call.
pub(in super::super) struct Caller<'a> {
    pub(super) agents: &'a Agents,
    pub(super) context: &'a Context<'a>,
    pub(super) access: Access,
    /// Equal calls of the person have one id.
    pub(super) call: Uuid,
}

impl<'a> Caller<'a> {
    /// The call with this id.
    pub(super) fn new(agents: &'a Agents, context: &'a Context<'a>, call: Uuid) -> Self {
        Self { agents, context, access: agents.access(context.identity()), call }
    }

    /// The server, until the call must have an output.
    pub(super) fn session(&self) -> Session<'_> {
        self.agents.server.session(&self.access.credential, self.context.deadline())
    }

    /// A run to start, with the server's options, in the caller's trace.
    pub(super) fn run<'b>(&'b self, assistant: Uuid, input: Input<'b>) -> RunRequest<'b> {
        RunRequest { assistant, input, options: &self.agents.options, trace: self.context.trace() }
    }

    /// The handle in the form for the person.
    pub(super) fn sealed(&self, handle: &RunHandle) -> Result<String, ToolError> {
        self.agents.keys.seal(&self.access.person, handle)
    }

    /// The outcome of a tool that belongs to no single server: it names the server that refuses the caller's credential.
    pub(super) fn named(&self, outcome: Result<Output, SetError>) -> Result<Output, SetError> {
        outcome.map_err(|error| match error {
            SetError::Credential { url } => {
                ToolError::not_connected(self.agents.name(), url.as_deref()).into()
            }
            error => error,
        })
    }
}
