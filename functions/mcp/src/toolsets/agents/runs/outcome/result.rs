//! `agent_run_result`: the outcome of a run that was started before, by this instance or another one.

use std::time::Duration;

use agent_server::{AgentError, Run};
use primitives::deadline::Deadline;

use super::ended::{joined, not_at_its_end};
use super::mark;
use super::running::running;
use super::wait::while_reporting;
use crate::toolset::arguments::reader::Arguments;
use crate::toolset::{Output, SetError, ToolError};
use crate::toolsets::agents::envelope::Envelope;
use crate::toolsets::agents::faults;
use crate::toolsets::agents::runs::agent_call::AgentCall;
use crate::toolsets::agents::runs::keys::RunHandle;

/// The usual wait, in seconds.
const WAIT: i64 = 20;

/// How long the call may wait for the run. Its request's own limit counts as well.
pub(crate) fn wait_seconds(arguments: &mut Arguments<'_>) -> Result<Duration, ToolError> {
    let seconds = arguments.at_least(0, "wait_seconds")?.unwrap_or(WAIT);
    Ok(Duration::from_secs(seconds.unsigned_abs()))
}

/// The outcome of the call's latest run, or that it is still at work.
pub(crate) async fn result(
    call: &AgentCall<'_>,
    handle: &RunHandle,
    wait: Duration,
) -> Result<Output, SetError> {
    let failed = |error: AgentError| faults::of_run(&error);
    let AgentCall { agents, context, access, .. } = call;
    let runs = call.session().latest_runs(handle.thread, 1).await.map_err(failed)?;
    let Some(run) = runs.first().copied() else {
        let end = mark::read(call, handle).await.map_err(failed)?;
        let status = end.ok_or_else(|| failed(AgentError::NotFound))?;
        return Ok(Output::data(&Envelope::of(status)));
    };
    if run.status.is_over() {
        return settled(call, handle, run).await;
    }
    // Longer than any request, and not beyond the clock's end.
    let deadline = context.deadline().earlier(Deadline::after(wait.min(Duration::from_hours(1))));
    let session = agents.server.session(&access.credential, deadline);
    let outcome = match while_reporting(context, session.join(handle.thread, run.id)).await {
        Err(AgentError::Timeout | AgentError::Unreachable) => return running(call, handle),
        outcome => outcome.map_err(failed)?,
    };
    let run = call.session().run(handle.thread, run.id).await.map_err(failed)?;
    match not_at_its_end(call, handle, run.status) {
        Some(result) => result,
        None => joined(call, handle, (run.id, outcome)).await,
    }
}

/// The result of a run that is over.
pub(crate) async fn settled(call: &AgentCall<'_>, handle: &RunHandle, run: Run) -> Result<Output, SetError> {
    if let Some(result) = not_at_its_end(call, handle, run.status) {
        return result;
    }
    let outcome = call.session().join(handle.thread, run.id).await;
    joined(call, handle, (run.id, outcome.map_err(|error| faults::of_run(&error))?)).await
}
