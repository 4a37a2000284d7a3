//! What the page for an agent's questions does with a run. It shares the rules of the tools: each question is answered
//! once, and an answer fits its schema.

use serde_json::{Map, Value};
use uuid::Uuid;

use super::agent_call::AgentCall;
use super::keys::RunHandle;
use super::outcome::end;
use super::questions::OpenQuestions;
use super::resume::Resumption;
use crate::toolset::{Context, SetError};
use crate::toolsets::agents::Agents;
use crate::toolsets::agents::envelope::Status;
use crate::toolsets::agents::question::Question;

/// A person's look at a run.
pub(crate) struct RunVisit<'a> {
    call: AgentCall<'a>,
    handle: &'a RunHandle,
}

impl<'a> RunVisit<'a> {
    /// The run of `handle` at its server.
    pub(crate) async fn new(
        agents: &'a Agents,
        context: &'a Context<'a>,
        handle: &'a RunHandle,
    ) -> Result<Self, SetError> {
        Ok(Self { call: AgentCall::new(agents, context, Uuid::nil()).await?, handle })
    }

    /// The open questions; none if they were answered, or the run was cancelled.
    pub(crate) async fn questions(&self) -> Result<Vec<Question>, SetError> {
        let identity = self.call.context.identity();
        let open = OpenQuestions::find(&self.call, self.handle).await;
        let open = self.call.agents.with_remedy(identity, open)?;
        Ok(open.map(OpenQuestions::into_questions).unwrap_or_default())
    }

    /// Answers the questions, and leaves the run to the client that waits for it.
    pub(crate) async fn answer(&self, answers: Map<String, Value>) -> Result<(), SetError> {
        let resumption = Resumption::begin(&self.call, self.handle).await?;
        resumption.send(answers).await.map(drop)
    }

    /// Ends the run instead of answering.
    pub(crate) async fn decline(&self) -> Result<(), SetError> {
        end(&self.call, self.handle, Status::Declined).await.map(drop)
    }
}
