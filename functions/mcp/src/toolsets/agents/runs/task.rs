//! A run as a task (MCP extension `io.modelcontextprotocol/tasks`): the task's id is the run's handle, so nothing is
//! stored here.

use agent_server::{AgentError, RunStatus};
use primitives::clock::Timestamp;

use super::agent_call::AgentCall;
use super::keys::RunHandle;
use super::{answered, cancel, result, thread};
use crate::toolset::{Output, SetError, Task, TaskAnswer, TaskRequest, TaskState};
use crate::toolsets::agents::faults;

/// The task of a run in this state.
pub(super) fn of(call: &AgentCall<'_>, handle: &RunHandle, state: TaskState) -> Result<Task, SetError> {
    let (created, updated) = (Timestamp::from_secs(handle.begun), call.agents.clock.now());
    Ok(Task { id: call.sealed(handle)?, created, updated, ttl: thread::LIFE, state })
}

/// Does what a client wants of the task with this id.
pub(super) async fn run(
    call: &AgentCall<'_>,
    handle: &RunHandle,
    (id, request): (&str, TaskRequest<'_>),
) -> Result<TaskAnswer, SetError> {
    match request {
        TaskRequest::Get => {
            let task = of(call, handle, state(call, handle).await?)?;
            // A client knows the task by the id that it has got; each sealing has another one.
            Ok(TaskAnswer::Task(Task { id: id.to_owned(), ..task }))
        }
        // All questions at once: a part of the answers would have to be kept here.
        TaskRequest::Update(responses) => {
            answered::send(call, handle, responses).await.map(|()| TaskAnswer::Acknowledged)
        }
        TaskRequest::Cancel => cancel::cancel(call, handle).await.map(|_| TaskAnswer::Acknowledged),
    }
}

async fn state(call: &AgentCall<'_>, handle: &RunHandle) -> Result<TaskState, SetError> {
    let run = match call.session().latest_run(handle.thread).await {
        // Its thread goes with a run that is cancelled while it waits for answers.
        Err(AgentError::NotFound) => return Ok(TaskState::Cancelled),
        run => run.map_err(|error| faults::of_run(&error))?,
    };
    let has_failed = match run.status {
        RunStatus::Pending | RunStatus::Running => return Ok(TaskState::Working),
        RunStatus::Interrupted => return Ok(TaskState::Cancelled),
        RunStatus::Success => false,
        RunStatus::Error | RunStatus::Timeout => true,
    };
    match result::settled(call, handle, run).await {
        Ok(output) => Ok(match output.requests() {
            Some(requests) => TaskState::InputRequired(requests),
            None => TaskState::Completed(Box::new(output)),
        }),
        // The agent has failed: that is a result. Anything else is the server's failure to tell it.
        Err(SetError::Tool(error)) if has_failed => {
            Ok(TaskState::Completed(Box::new(Output::failed(&error))))
        }
        Err(error) => Err(error),
    }
}
