//! The rest of a call that required input: the client has sent it again, with the person's responses.

use std::collections::BTreeMap;

use agent_server::AgentError;
use serde_json::{Map, Value};

use super::caller::Caller;
use super::keys::RunHandle;
use super::{ask, resume};
use crate::toolset::{Input, Output, Response, SetError};
use crate::toolsets::agents::envelope::{Envelope, Status};
use crate::toolsets::agents::faults;
use crate::toolsets::agents::form::Form;
use crate::toolsets::agents::question::Question;

/// Goes on with the run. A person who does not want to answer ends it; that is no failure.
pub(super) async fn go_on(
    caller: &Caller<'_>,
    handle: &RunHandle,
    input: Input<'_>,
) -> Result<Output, SetError> {
    let mut responses: BTreeMap<String, Response> = input.responses()?.into_iter().collect();
    let open = resume::open_questions(caller, handle).await?;
    let mut answers = Map::new();
    for interrupt in &open {
        let question = Question::from(interrupt.clone());
        let answer = match responses.remove(&interrupt.id) {
            Some(Response::Accepted(content)) => answer(&question, content),
            Some(Response::Declined) => return end(caller, handle, Status::Declined).await,
            Some(Response::Cancelled) => return end(caller, handle, Status::Cancelled).await,
            // The client has left one out: it is asked once more.
            None => return ask::asked(caller, handle, open),
        };
        answers.insert(interrupt.id.clone(), answer);
    }
    resume::answer(caller, handle, open, &answers).await
}

/// The answer to a question. Whoever has opened its page has connected the account.
fn answer(question: &Question, content: Map<String, Value>) -> Value {
    if question.url.is_some() {
        return Value::Bool(true);
    }
    Form::of(question).map_or(Value::Null, |form| form.answer(content))
}

/// Ends a run that waits for answers: its thread goes, and with it the question.
pub(super) async fn end(caller: &Caller<'_>, handle: &RunHandle, status: Status) -> Result<Output, SetError> {
    let deleted = caller.session().delete_thread(handle.thread).await;
    deleted.map_err(|error: AgentError| faults::of_run(&error))?;
    Ok(Output::data(&Envelope::of(status)))
}
