//! The start of a run: on a thread of its own, and at most one for a call that is sent again while its question is open.

use agent_server::{AgentError, Input};
use serde_json::value::RawValue;
use uuid::Uuid;

use super::abandoned::CancelledOnDrop;
use super::agent_call::AgentCall;
use super::keys::RunHandle;
use super::thread::{self, Thread};
use super::{outcome, questions};
use crate::toolset::{Output, SetError};
use crate::toolsets::agents::faults;

/// Why an agent was not run.
pub(super) enum NotRun {
    /// The server does not have the agent any more.
    Gone,
    Failed(SetError),
}

impl From<SetError> for NotRun {
    fn from(error: SetError) -> Self {
        Self::Failed(error)
    }
}

impl From<NotRun> for SetError {
    fn from(error: NotRun) -> Self {
        match error {
            NotRun::Gone => faults::of_agent(&AgentError::NotFound),
            NotRun::Failed(error) => error,
        }
    }
}

/// Runs the assistant, or asks again what an equal call has left open.
pub(super) async fn start(call: &AgentCall<'_>, assistant: Uuid, input: &RawValue) -> Result<Output, NotRun> {
    let server = call.agents.place.clone();
    let begun = call.agents.clock.now().secs();
    let handle = |thread| RunHandle { server, assistant, thread, begun };
    match thread::of(call, assistant).await.map_err(|error| faults::of_thread(&error))? {
        Thread::New(thread) => run(call, &handle(thread), input).await,
        Thread::Asking(asking) => {
            let asked = if asking.are_first { questions::asked } else { questions::in_result };
            Ok(asked(call, &handle(asking.thread), &asking.open)?)
        }
    }
}

async fn run(call: &AgentCall<'_>, handle: &RunHandle, input: &RawValue) -> Result<Output, NotRun> {
    let abandoned = CancelledOnDrop::new(call, handle.thread);
    let request = call.run(handle.assistant, Input::Values(input));
    let result = match call.session().start_run(handle.thread, &request).await {
        Ok(started) => outcome::outcome(call, handle, started).await,
        // The run may have begun nevertheless.
        Err(AgentError::Timeout | AgentError::Unreachable) => outcome::running(call, handle),
        Err(AgentError::NotFound) => return Err(NotRun::Gone),
        Err(error) => Err(faults::of_start(&error)),
    };
    abandoned.keep();
    Ok(result?)
}
