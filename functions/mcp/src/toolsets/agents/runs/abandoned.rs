//! The end of a run whose client goes away before it knows the handle: nobody could ever return to the run.

use std::time::Duration;

use agent_server::{AgentError, AgentServer, Credential};
use primitives::deadline::Deadline;
use tokio::runtime::Handle;
use uuid::Uuid;

use super::agent_call::AgentCall;

/// The time limit for the cancellation.
const CANCELLING: Duration = Duration::from_secs(10);

/// A thread of a call. Its run is cancelled if this value is dropped before [`keep`](Self::keep).
pub(super) struct CancelledOnDrop(Option<Abandoned>);

struct Abandoned {
    server: AgentServer,
    credential: Credential,
    thread: Uuid,
}

impl CancelledOnDrop {
    /// For a thread that the caller does not know yet.
    pub(super) fn new(call: &AgentCall<'_>, thread: Uuid) -> Self {
        let (server, credential) = (call.agents.server.clone(), call.access.credential.clone());
        Self(Some(Abandoned { server, credential, thread }))
    }

    /// The run goes on, or is over.
    pub(super) fn keep(mut self) {
        self.0 = None;
    }
}

impl Drop for CancelledOnDrop {
    fn drop(&mut self) {
        let (Some(abandoned), Ok(runtime)) = (self.0.take(), Handle::try_current()) else { return };
        runtime.spawn(async move {
            if let Err(error) = abandoned.cancel().await {
                tracing::warn!(%error, "the run of a client that is gone could not be cancelled");
            }
        });
    }
}

impl Abandoned {
    async fn cancel(self) -> Result<(), AgentError> {
        let session = self.server.session(&self.credential, Deadline::after(CANCELLING));
        // The client may have gone before the run's id was known, or before there was a run.
        let run = match session.latest_run(self.thread).await {
            Err(AgentError::NotFound) => return Ok(()),
            run => run?,
        };
        if run.status.is_over() { Ok(()) } else { session.cancel(self.thread, run.id).await }
    }
}
