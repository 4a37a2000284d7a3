//! The thread of a call. Some clients send a call anew instead of an answer (LangChain's `MCPAdapter`, whose interrupts
//! unwind the whole call), so an equal call finds the questions that the earlier one has left open.

use std::time::Duration;

use agent_server::{AgentError, Interrupt, InterruptedThread, NewThread, Ttl};
use primitives::clock::Timestamp;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::agent_call::AgentCall;
use super::questions::OpenQuestions;

/// How long a server keeps the thread of a call after its last run: questions may be answered a day later.
pub(super) const LIFE: Duration = Duration::from_hours(24);
pub(super) const TTL: Ttl = Ttl::minutes(24 * 60);

/// How long the same call gets the same question after it was asked.
const SAME_QUESTION: Duration = Duration::from_mins(10);

/// The metadata of a thread: which call it belongs to, and when that was sent, in seconds since 1970.
const CALL: &str = "langsmith_remote_mcp_call";
const SENT: &str = "langsmith_remote_mcp_sent";

/// The thread of a call.
pub(super) enum Thread {
    New(Uuid),
    /// That of an equal call which has left questions open.
    Asking(Asking),
}

/// A thread with open questions.
pub(super) struct Asking {
    pub(super) thread: Uuid,
    pub(super) open: OpenQuestions,
    /// Whether the questions are the first ones of the call. A client that sends the call anew has the answer to its
    /// first question ready, and would give it to a later one.
    pub(super) are_first: bool,
}

/// The thread of the call. Its id follows from the call, so the server refuses a second one for an equal call, and only
/// then is there a search for open questions.
pub(super) async fn of(call: &AgentCall<'_>, assistant: Uuid) -> Result<Thread, AgentError> {
    let (session, now) = (call.session(), call.agents.clock.now());
    // Another agent may have got the name since, and another login of the person may be in another workspace.
    let parts = [call.id.as_bytes(), assistant.as_bytes(), call.access.workspace.as_bytes()];
    let id = call.agents.keys.call(&parts, None);
    let mut metadata = Map::new();
    metadata.insert(CALL.to_owned(), id.to_string().into());
    let same_calls = metadata.clone();
    metadata.insert(SENT.to_owned(), now.secs().into());
    let new = NewThread { id: Some(id), metadata: &metadata, ttl: TTL };
    match session.create_thread(new).await {
        Err(AgentError::Conflict) => {}
        made => return made.map(Thread::New),
    }
    for found in session.interrupted_threads(&same_calls).await? {
        let thread = found.id;
        if let Some(open) = open_questions(found, (id, now)) {
            return asking(call, thread, open).await;
        }
    }
    session.create_thread(NewThread { id: None, ..new }).await.map(Thread::New)
}

async fn asking(call: &AgentCall<'_>, thread: Uuid, open: Vec<Interrupt>) -> Result<Thread, AgentError> {
    let runs = call.session().latest_runs(thread, 2).await?;
    let last = runs.first().ok_or(AgentError::NotFound)?.id;
    let (open, are_first) = (OpenQuestions::of(last, open), runs.len() == 1);
    Ok(Thread::Asking(Asking { thread, open, are_first }))
}

/// The questions of this call that were asked not long ago.
fn open_questions(thread: InterruptedThread, (call, now): (Uuid, Timestamp)) -> Option<Vec<Interrupt>> {
    let is_of_call = thread.metadata.get(CALL).and_then(Value::as_str) == Some(call.to_string().as_str());
    let sent = Timestamp::from_secs(thread.metadata.get(SENT).and_then(Value::as_u64)?);
    let asked = sent.plus(thread.stopped_after().unwrap_or_default());
    let is_recent = now.since(asked) < SAME_QUESTION;
    let open = thread.questions();
    (is_of_call && is_recent && !open.is_empty()).then_some(open)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const SENT_AT: u64 = 1_900_000_000;

    /// Whether the question of a thread is asked again, so many seconds after its call was sent.
    fn is_asked_again(thread: &Value, seconds: u64) -> bool {
        let thread: InterruptedThread = serde_json::from_value(thread.clone()).unwrap();
        let now = Timestamp::from_secs(SENT_AT + seconds);
        open_questions(thread, (Uuid::from_u128(7), now)).is_some()
    }

    /// The thread of call 7, in which a question was asked an hour after the call was sent.
    fn thread() -> Value {
        json!({
            "thread_id": Uuid::nil(),
            "metadata": {CALL: Uuid::from_u128(7), SENT: SENT_AT},
            "created_at": "2020-01-01T10:00:00+00:00",
            "state_updated_at": "2020-01-01T11:00:00+00:00",
            "interrupts": {"task": [{"id": "a", "value": "?"}]},
        })
    }

    #[test]
    fn a_question_is_asked_again_for_ten_minutes_after_it_was_asked() {
        for (seconds, expected) in [(0, true), (3_600, true), (4_199, true), (4_200, false)] {
            assert_eq!(is_asked_again(&thread(), seconds), expected, "{seconds}");
        }
        let mut old = thread();
        old["state_updated_at"] = Value::Null;
        assert!(is_asked_again(&old, 599) && !is_asked_again(&old, 600));
    }

    #[test]
    fn only_questions_of_the_same_call_are_asked_again() {
        for (member, value) in [
            ("metadata", json!({CALL: Uuid::from_u128(8), SENT: SENT_AT})),
            ("metadata", json!({SENT: SENT_AT})),
            ("metadata", json!({CALL: Uuid::from_u128(7)})),
            ("interrupts", json!({})),
        ] {
            let mut other = thread();
            other[member] = value;
            assert!(!is_asked_again(&other, 0), "{other}");
        }
    }
}
