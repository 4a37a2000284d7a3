//! The result of a run that is at work.

use primitives::clock::Timestamp;

use crate::toolset::{Output, SetError, Task, TaskState};
use crate::toolsets::agents::envelope::Envelope;
use crate::toolsets::agents::runs::agent_call::AgentCall;
use crate::toolsets::agents::runs::keys::RunHandle;
use crate::toolsets::agents::runs::thread::LIFE;

/// The result of a run that is at work: its handle, or a task for a client that has them.
pub(crate) fn running(call: &AgentCall<'_>, handle: &RunHandle) -> Result<Output, SetError> {
    if call.may_be_task {
        return Ok(Output::task(&task(call, handle, TaskState::Working)?));
    }
    Ok(Output::data(&Envelope::running(&call.sealed(handle)?)))
}

/// The task of a run in this state.
pub(crate) fn task(call: &AgentCall<'_>, handle: &RunHandle, state: TaskState) -> Result<Task, SetError> {
    let (created, updated) = (Timestamp::from_secs(handle.begun), call.agents.clock.now());
    Ok(Task { id: call.sealed(handle)?, created, updated, ttl: LIFE, state })
}
