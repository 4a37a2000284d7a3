//! `agent_run_cancel`: ends a run, or the wait for answers.

use std::time::Duration;

use agent_server::{AgentError, RunStatus};

use super::answered::end;
use super::caller::Caller;
use super::keys::RunHandle;
use super::result::result;
use crate::toolset::{Output, SetError};
use crate::toolsets::agents::envelope::Status;
use crate::toolsets::agents::faults;

/// Ends the run. One that has ended by itself keeps its result.
pub(super) async fn cancel(caller: &Caller<'_>, handle: &RunHandle) -> Result<Output, SetError> {
    let (session, failed) = (caller.session(), |error: AgentError| faults::of_run(&error));
    let mut run = session.latest_run(handle.thread).await.map_err(failed)?;
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
            return end(caller, handle, Status::Cancelled).await;
        }
    }
    result(caller, handle, Duration::ZERO).await
}
