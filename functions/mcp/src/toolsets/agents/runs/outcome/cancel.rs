//! `agent_run_cancel`: ends a run, or the wait for answers.

use std::time::Duration;

use agent_server::{AgentError, RunStatus};

use super::mark;
use super::result::result;
use crate::toolset::{Output, SetError};
use crate::toolsets::agents::envelope::{Envelope, Status};
use crate::toolsets::agents::faults;
use crate::toolsets::agents::runs::agent_call::AgentCall;
use crate::toolsets::agents::runs::keys::RunHandle;

/// Ends the run. One that has ended by itself keeps its result, and one that is gone was ended before.
pub(crate) async fn cancel(call: &AgentCall<'_>, handle: &RunHandle) -> Result<Output, SetError> {
    let (session, failed) = (call.session(), |error: AgentError| faults::of_run(&error));
    let mut run = match session.latest_run(handle.thread).await {
        Err(AgentError::NotFound) => return Ok(Output::data(&Envelope::of(Status::Cancelled))),
        run => run.map_err(failed)?,
    };
    if !run.status.is_over() {
        // A refusal can mean that it has just ended by itself.
        let refused = session.cancel(handle.thread, run.id).await.err();
        run = session.run(handle.thread, run.id).await.map_err(failed)?;
        if let Some(error) = refused.filter(|_| !run.status.is_over()) {
            return Err(failed(error));
        }
    }
    if run.status == RunStatus::Success {
        let open = session.thread_state(handle.thread).await.map_err(failed)?.questions();
        if !open.is_empty() {
            return end(call, handle, Status::Cancelled).await;
        }
    }
    result(call, handle, Duration::ZERO).await
}

/// Ends a run that waits for answers: its thread goes, and with it the question. Another one without runs takes its place,
/// so that whoever asks for the outcome later learns it. A thread that is gone has ended before.
pub(crate) async fn end(
    call: &AgentCall<'_>,
    handle: &RunHandle,
    status: Status,
) -> Result<Output, SetError> {
    match call.session().delete_thread(handle.thread).await {
        Ok(()) => mark::leave(call, handle, status).await,
        Err(AgentError::NotFound) => {}
        Err(error) => return Err(faults::of_run(&error)),
    }
    Ok(Output::data(&Envelope::of(status)))
}
