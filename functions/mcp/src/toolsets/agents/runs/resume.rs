//! `agent_resume`: answers the open questions of a run, each of them once.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use agent_server::{AgentError, Input, StartedRun};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::agent_call::AgentCall;
use super::keys::RunHandle;
use super::outcome::{outcome, running};
use super::questions::OpenQuestions;
use crate::toolset::arguments::errors::missing;
use crate::toolset::arguments::reader::Arguments;
use crate::toolset::{Output, SetError, ToolError};
use crate::toolsets::agents::faults;

/// The threads whose questions are being answered by calls in this process. The server refuses a run only while another
/// is at work: an answer that comes after a short one would meet the next question.
#[derive(Default)]
pub(in super::super) struct Answering(Mutex<BTreeSet<Uuid>>);

/// The right to answer the questions of a thread.
struct Turn<'a> {
    answering: &'a Answering,
    thread: Uuid,
}

impl Answering {
    /// The right to answer; `None` while another call has it.
    fn turn(&self, thread: Uuid) -> Option<Turn<'_>> {
        let is_free = self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(thread);
        is_free.then_some(Turn { answering: self, thread })
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.answering.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.thread);
    }
}

/// The open questions of a run, for a call that alone may answer them.
pub(super) struct Resumption<'a> {
    call: &'a AgentCall<'a>,
    handle: &'a RunHandle,
    pub(super) open: OpenQuestions,
    turn: Turn<'a>,
}

impl<'a> Resumption<'a> {
    /// The open questions; an error if there are none, or while another call answers them.
    pub(super) async fn begin(call: &'a AgentCall<'a>, handle: &'a RunHandle) -> Result<Self, SetError> {
        let turn = call.agents.answering.turn(handle.thread).ok_or_else(being_answered)?;
        Ok(Self { call, handle, open: OpenQuestions::read(call, handle).await?, turn })
    }

    /// Answers the questions, and waits for the run.
    pub(super) async fn answer(self, given: Map<String, Value>) -> Result<Output, SetError> {
        let (call, handle) = (self.call, self.handle);
        match self.send(given).await? {
            Some(started) => outcome(call, handle, started).await,
            None => running(call, handle),
        }
    }

    /// Answers the questions, which are checked here: the server would pass any answer on to the agent. Returns the run
    /// that goes on; `None` if the server did not say in time whether it has begun. If it has not, the questions are
    /// still open.
    pub(super) async fn send(self, given: Map<String, Value>) -> Result<Option<StartedRun>, SetError> {
        let Self { call, handle, open, turn } = self;
        let answers = open.answers(given)?;
        let request = call.run(handle.assistant, Input::Answers(&answers));
        let started = call.session().start_run(handle.thread, &request).await;
        drop(turn);
        match started {
            Ok(started) => Ok(Some(started)),
            Err(AgentError::Conflict) => Err(being_answered().into()),
            Err(AgentError::Timeout | AgentError::Unreachable) => Ok(None),
            Err(error) => Err(faults::of_start(&error)),
        }
    }
}

fn being_answered() -> ToolError {
    ToolError::invalid(
        "The question is being answered by another call. agent_run_result returns the outcome.",
    )
}

/// The answers by the ids of their questions.
pub(super) fn answers(arguments: &mut Arguments<'_>) -> Result<Map<String, Value>, ToolError> {
    let given = arguments.object("answers")?.ok_or_else(|| missing("answers"))?;
    serde_json::from_str(given.get()).map_err(|_| ToolError::invalid("answers must be an object."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_call_at_a_time_answers_a_thread() {
        let (answering, [one, other]) = (Answering::default(), [1, 2].map(Uuid::from_u128));
        let turn = answering.turn(one).unwrap();
        assert!(answering.turn(one).is_none() && answering.turn(other).is_some());
        drop(turn);
        assert!(answering.turn(one).is_some());
    }
}
