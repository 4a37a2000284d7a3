//! Waiting for the outcome of a run.

use std::time::Duration;

use agent_server::{AgentError, StartedRun};
use primitives::deadline::Deadline;

use super::ended;
use super::running::running;
use crate::toolset::{Context, Output, SetError};
use crate::toolsets::agents::faults;
use crate::toolsets::agents::runs::agent_call::AgentCall;
use crate::toolsets::agents::runs::keys::RunHandle;

/// The time between two reports to a client that reads progress.
const REPORTED_EVERY: Duration = Duration::from_secs(5);

/// The outcome of the run, or that it is still at work.
pub(crate) async fn outcome(
    call: &AgentCall<'_>,
    handle: &RunHandle,
    started: StartedRun,
) -> Result<Output, SetError> {
    let AgentCall { agents, context, access, .. } = call;
    let patience = Deadline::after(agents.patience).earlier(context.deadline());
    let may_stream = context.progress().is_wanted() && !call.may_be_task;
    let deadline = if may_stream { context.deadline() } else { patience };
    let (session, run) = (agents.server.session(&access.credential, deadline), started.run);
    match while_reporting(context, session.outcome(started)).await {
        Ok(outcome) => ended::outcome(call, handle, (run, outcome)).await,
        // The run goes on without this connection.
        Err(AgentError::Timeout | AgentError::Unreachable) => running(call, handle),
        Err(error) => Err(faults::of_outcome(&error)),
    }
}

/// The result of `work`; meanwhile a client that reads progress gets a report every few seconds.
pub(super) async fn while_reporting<T>(context: &Context<'_>, work: impl Future<Output = T>) -> T {
    let (mut work, progress) = (std::pin::pin!(work), context.progress());
    if !progress.is_wanted() {
        return work.await;
    }
    let (mut reports, mut message) = (0.0, "The agent has started.");
    loop {
        progress.report(reports, None, Some(message));
        match Deadline::after(REPORTED_EVERY).limit(&mut work).await {
            Ok(result) => return result,
            Err(_missed) => (reports, message) = (reports + 1.0, "The agent is at work."),
        }
    }
}
