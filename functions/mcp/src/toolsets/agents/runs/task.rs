//! A run as a task (MCP extension `io.modelcontextprotocol/tasks`): the task's id is the run's handle, so nothing is
//! stored here.

use agent_server::{AgentError, RunStatus};

use super::agent_call::AgentCall;
use super::answered;
use super::keys::RunHandle;
use super::outcome::{cancel, settled, task};
use crate::toolset::{Output, SetError, Task, TaskAnswer, TaskRequest, TaskState};
use crate::toolsets::agents::faults;

/// Answers a client's request about the task with this id.
pub(super) async fn run(
    call: &AgentCall<'_>,
    handle: &RunHandle,
    (id, request): (&str, TaskRequest<'_>),
) -> Result<TaskAnswer, SetError> {
    match request {
        TaskRequest::Get => {
            let task = task(call, handle, state(call, handle).await?)?;
            // A client knows the task by the id that it has got; each sealing has another one.
            Ok(TaskAnswer::Task(Task { id: id.to_owned(), ..task }))
        }
        // All questions at once: a part of the answers would have to be kept here.
        TaskRequest::Update(responses) => {
            answered::send(call, handle, responses).await.map(|()| TaskAnswer::Acknowledged)
        }
        TaskRequest::Cancel => cancel(call, handle).await.map(|_| TaskAnswer::Acknowledged),
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
    match settled(call, handle, run).await {
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
