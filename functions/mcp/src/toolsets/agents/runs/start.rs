//! The start of a run: on a thread of its own, and at most one for a call that is sent again while its question is open.

use agent_server::{AgentError, Input, Interrupt, InterruptedThread, NewThread, Ttl};
use primitives::clock::Timestamp;
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::caller::Caller;
use super::keys::RunHandle;
use super::{ask, wait};
use crate::toolset::{Output, SetError};
use crate::toolsets::agents::faults;

/// How long a server keeps the thread of a call after its last run: questions may be answered a day later.
const TTL: Ttl = Ttl::minutes(24 * 60);

/// How long the same call gets the same question, in seconds after it was first sent.
const SAME_QUESTION: u64 = 10 * 60;

/// The metadata of a thread: which call it belongs to, and when that was sent, in seconds since 1970.
const CALL: &str = "langsmith_remote_mcp_call";
const SENT: &str = "langsmith_remote_mcp_sent";

/// Runs the assistant, or asks again what the same call has left open: some clients send a call anew instead of an
/// answer (LangChain's `MCPAdapter`, whose interrupts unwind the whole call).
pub(super) async fn start(
    caller: &Caller<'_>,
    assistant: Uuid,
    input: &RawValue,
) -> Result<Output, SetError> {
    let server = caller.agents.name().to_owned();
    let handle = |thread| RunHandle { server, assistant, thread };
    let thread = match thread(caller, assistant).await.map_err(|error| faults::of_thread(&error))? {
        Thread::New(thread) => thread,
        Thread::Asking { thread, open } => return ask::asked(caller, &handle(thread), open),
    };
    let request = caller.run(assistant, Input::Values(input));
    let started = caller.session().start_run(thread, &request).await;
    let started = started.map_err(|error| faults::of_start(&error))?;
    wait::outcome(caller, &handle(thread), started).await
}

/// The thread of a call.
enum Thread {
    New(Uuid),
    /// The same call has left questions open.
    Asking {
        thread: Uuid,
        open: Vec<Interrupt>,
    },
}

/// The thread of the call. Its id is derived from the call's, so that the server itself notices a second one, and the
/// usual call needs no search.
async fn thread(caller: &Caller<'_>, assistant: Uuid) -> Result<Thread, AgentError> {
    let (session, now) = (caller.session(), caller.agents.clock.now());
    // A renamed agent has other names, and another login may be in another workspace.
    let parts = [caller.call.as_bytes(), assistant.as_bytes(), caller.access.workspace.as_bytes()];
    let call = caller.agents.keys.call(&parts, None);
    let mut metadata = Map::new();
    metadata.insert(CALL.to_owned(), call.to_string().into());
    let same_calls = metadata.clone();
    metadata.insert(SENT.to_owned(), now.secs().into());
    let new = NewThread { id: Some(call), metadata: &metadata, ttl: TTL };
    match session.create_thread(new).await {
        Err(AgentError::Conflict) => {}
        made => return made.map(Thread::New),
    }
    for found in session.interrupted_threads(&same_calls).await? {
        let thread = found.id;
        if let Some(open) = open_questions(found, now) {
            return Ok(Thread::Asking { thread, open });
        }
    }
    session.create_thread(NewThread { id: None, ..new }).await.map(Thread::New)
}

/// The questions of a call that was sent not long ago.
fn open_questions(thread: InterruptedThread, now: Timestamp) -> Option<Vec<Interrupt>> {
    let sent = thread.metadata.get(SENT).and_then(Value::as_u64)?;
    let is_recent = sent.saturating_add(SAME_QUESTION) > now.secs();
    let open = thread.questions();
    (is_recent && !open.is_empty()).then_some(open)
}
