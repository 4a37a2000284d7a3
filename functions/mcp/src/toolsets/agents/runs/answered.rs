//! The rest of a call that required input: the client has sent it again, with the person's responses.

use std::collections::BTreeMap;

use agent_server::AgentError;
use serde_json::{Map, Value};

use super::agent_call::AgentCall;
use super::ask;
use super::keys::RunHandle;
use super::open::OpenQuestions;
use super::result;
use super::resume::Resumption;
use crate::toolset::{Input, Output, Response, SetError};
use crate::toolsets::agents::envelope::{Envelope, Status};
use crate::toolsets::agents::faults;
use crate::toolsets::agents::form::Form;
use crate::toolsets::agents::question::Question;

/// Goes on with the run. A person who does not want to answer ends it; that is no failure.
pub(super) async fn go_on(
    call: &AgentCall<'_>,
    handle: &RunHandle,
    input: Input<'_>,
) -> Result<Output, SetError> {
    let mut responses: BTreeMap<String, Response> = input.responses()?.into_iter().collect();
    if responses.values().any(opened_a_page) && OpenQuestions::find(call, handle).await?.is_none() {
        // The person has answered on our page.
        return result::result(call, handle, call.agents.patience).await;
    }
    let resumption = Resumption::begin(call, handle).await?;
    let mut answers = Map::new();
    for question in resumption.open.questions() {
        let answer = match responses.remove(&question.id) {
            // The person is still at our page.
            Some(Response::Accepted(_)) if is_for_a_page(question) => {
                return ask::in_result(call, handle, &resumption.open);
            }
            Some(Response::Accepted(content)) => answer(question, content),
            Some(Response::Declined) => return end(call, handle, Status::Declined).await,
            Some(Response::Cancelled) => return end(call, handle, Status::Cancelled).await,
            None => None,
        };
        // What is not answered is asked once more, as is the next question after an answer to an earlier one.
        let Some(answer) = answer else { return ask::asked(call, handle, &resumption.open) };
        answers.insert(question.id.clone(), answer);
    }
    resumption.answer(answers).await
}

/// Whether the response is to a request to open a page, which has no content.
fn opened_a_page(response: &Response) -> bool {
    matches!(response, Response::Accepted(content) if content.is_empty())
}

/// Whether only our page can ask it.
fn is_for_a_page(question: &Question) -> bool {
    question.url.is_none() && Form::of(question).is_none()
}

/// The answer to a question, if there is one. Whoever has opened its page has connected the account.
fn answer(question: &Question, content: Map<String, Value>) -> Option<Value> {
    if question.url.is_some() {
        return Some(Value::Bool(true));
    }
    Form::of(question)?.answer(content)
}

/// Ends a run that waits for answers: its thread goes, and with it the question. A thread that is gone has ended before.
pub(super) async fn end(
    call: &AgentCall<'_>,
    handle: &RunHandle,
    status: Status,
) -> Result<Output, SetError> {
    match call.session().delete_thread(handle.thread).await {
        Ok(()) | Err(AgentError::NotFound) => Ok(Output::data(&Envelope::of(status))),
        Err(error) => Err(faults::of_run(&error)),
    }
}
