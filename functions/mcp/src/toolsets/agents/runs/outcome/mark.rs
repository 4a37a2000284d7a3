//! The mark of a run that was ended instead of answered: a thread with the same id, without runs, whose metadata says how
//! it ended.

use agent_server::{AgentError, NewThread};
use serde_json::{Map, Value};

use crate::toolsets::agents::envelope::Status;
use crate::toolsets::agents::runs::agent_call::AgentCall;
use crate::toolsets::agents::runs::keys::RunHandle;
use crate::toolsets::agents::runs::thread::TTL;

/// The member of the metadata.
const ENDED: &str = "langsmith_remote_mcp_ended";

/// Leaves the mark. Without it, the run looks as if its thread had been deleted.
pub(super) async fn leave(call: &AgentCall<'_>, handle: &RunHandle, status: Status) {
    let metadata = Map::from_iter([(ENDED.to_owned(), status.as_str().into())]);
    let thread = NewThread { id: Some(handle.thread), metadata: &metadata, ttl: TTL };
    match call.session().create_thread(thread).await {
        // An equal call has a thread of this id already.
        Ok(_) | Err(AgentError::Conflict) => {}
        Err(error) => tracing::warn!(server = %call.agents.name(), %error, "the end of a run is not marked"),
    }
}

/// How a run that is gone was ended; `None` if nothing says so.
pub(super) async fn read(call: &AgentCall<'_>, handle: &RunHandle) -> Result<Option<Status>, AgentError> {
    let metadata = call.session().thread_metadata(handle.thread).await?;
    let ended = metadata.get(ENDED).and_then(Value::as_str);
    Ok([Status::Cancelled, Status::Declined].into_iter().find(|status| ended == Some(status.as_str())))
}
