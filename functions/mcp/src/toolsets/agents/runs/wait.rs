//! Waiting for the outcome of a run.

use std::time::Duration;

use agent_server::{AgentError, AgentServer, Credential, Outcome, StartedRun};
use primitives::deadline::Deadline;
use tokio::runtime::Handle;
use uuid::Uuid;

use super::ask;
use super::caller::Caller;
use super::keys::RunHandle;
use crate::toolset::{Context, Output, SetError};
use crate::toolsets::agents::envelope::Envelope;
use crate::toolsets::agents::faults;

/// How often a client that reads progress is told that the agent is still at work.
const REPORTED_EVERY: Duration = Duration::from_secs(5);

/// The time limit for the cancellation of a run that nobody waits for any more.
const CANCELLING: Duration = Duration::from_secs(10);

/// The outcome of the run, or that it is still at work. If the caller goes away before either, nobody would ever know
/// the handle, so the run is cancelled.
pub(super) async fn outcome(
    caller: &Caller<'_>,
    handle: &RunHandle,
    started: StartedRun,
) -> Result<Output, SetError> {
    let Caller { agents, context, access, .. } = caller;
    let abandoned = CancelledOnDrop::new(caller, handle.thread, started.run);
    let patience = Deadline::after(agents.patience).earlier(context.deadline());
    let deadline = if context.progress().is_wanted() { context.deadline() } else { patience };
    let session = agents.server.session(&access.credential, deadline);
    let outcome = while_reporting(context, session.outcome(started)).await;
    abandoned.keep();
    match outcome {
        Ok(outcome) => of(caller, handle, outcome),
        // The run goes on without this connection.
        Err(AgentError::Timeout | AgentError::Unreachable) => running(caller, handle),
        Err(error) => Err(faults::of_run(&error)),
    }
}

/// The result of a run that is at work.
pub(super) fn running(caller: &Caller<'_>, handle: &RunHandle) -> Result<Output, SetError> {
    Ok(Output::data(&Envelope::running(&caller.sealed(handle)?)))
}

/// The result of a run that has stopped.
pub(super) fn of(caller: &Caller<'_>, handle: &RunHandle, outcome: Outcome) -> Result<Output, SetError> {
    match outcome {
        Outcome::Values(values) => Ok(Output::data(&Envelope::completed(&values))),
        Outcome::Failed(failure) => Err(faults::of_graph(&failure)),
        Outcome::Interrupted(open) => ask::asked(caller, handle, open),
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

/// A run that is cancelled when this value is dropped before [`keep`](Self::keep): by then its client is gone.
struct CancelledOnDrop(Option<Abandoned>);

struct Abandoned {
    server: AgentServer,
    credential: Credential,
    thread: Uuid,
    run: Uuid,
}

impl CancelledOnDrop {
    fn new(caller: &Caller<'_>, thread: Uuid, run: Uuid) -> Self {
        let (server, credential) = (caller.agents.server.clone(), caller.access.credential.clone());
        Self(Some(Abandoned { server, credential, thread, run }))
    }

    fn keep(mut self) {
        self.0 = None;
    }
}

impl Drop for CancelledOnDrop {
    fn drop(&mut self) {
        let (Some(abandoned), Ok(runtime)) = (self.0.take(), Handle::try_current()) else { return };
        runtime.spawn(async move {
            let Abandoned { server, credential, thread, run } = abandoned;
            let session = server.session(&credential, Deadline::after(CANCELLING));
            if let Err(error) = session.cancel(thread, run).await {
                tracing::warn!(%error, "the run of a client that is gone could not be cancelled");
            }
        });
    }
}
