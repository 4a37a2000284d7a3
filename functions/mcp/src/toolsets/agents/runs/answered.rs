//! The rest of a call that required input: the client has sent it again, with the person's responses.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::agent_call::AgentCall;
use super::keys::RunHandle;
use super::outcome::{end, result};
use super::questions::{OpenQuestions, asked, in_result};
use super::resume::Resumption;
use crate::toolset::{Input, Output, Response, Responses, SetError, ToolError};
use crate::toolsets::agents::envelope::Status;
use crate::toolsets::agents::form::Form;
use crate::toolsets::agents::question::Question;

/// What the responses amount to.
enum Given {
    /// An answer to each open question.
    Answers(Map<String, Value>),
    /// The person does not want to answer.
    End(Status),
    /// There are questions without an answer. They are asked once more, as is the next question after an answer to an
    /// earlier one.
    Incomplete,
    /// The person is at our page.
    AtPage,
}

/// Goes on with the run. A person who does not want to answer ends it; that is no failure.
pub(super) async fn go_on(
    call: &AgentCall<'_>,
    handle: &RunHandle,
    input: Input<'_>,
) -> Result<Output, SetError> {
    let responses = input.responses.read()?;
    if responses.values().any(opened_a_page) && OpenQuestions::find(call, handle).await?.is_none() {
        // The person has answered on our page.
        return result(call, handle, call.agents.patience).await;
    }
    let resumption = Resumption::begin(call, handle).await?;
    match given(&resumption.open, responses) {
        Given::Answers(answers) => resumption.answer(answers).await,
        Given::End(status) => end(call, handle, status).await,
        Given::Incomplete => asked(call, handle, &resumption.open),
        Given::AtPage => in_result(call, handle, &resumption.open),
    }
}

/// Goes on with the run, and does not wait for it. Responses to questions that are not open change nothing.
pub(super) async fn send(
    call: &AgentCall<'_>,
    handle: &RunHandle,
    responses: Responses<'_>,
) -> Result<(), SetError> {
    let resumption = Resumption::begin(call, handle).await?;
    let responses = responses.of(|key| resumption.open.questions().any(|question| question.id == key))?;
    if responses.is_empty() {
        return Ok(());
    }
    match given(&resumption.open, responses) {
        Given::Answers(answers) => resumption.send(answers).await.map(drop),
        Given::End(status) => end(call, handle, status).await.map(drop),
        // What the person answers there, the task shows.
        Given::AtPage => Ok(()),
        Given::Incomplete => {
            Err(ToolError::invalid("inputResponses must answer all of the task's requests together.").into())
        }
    }
}

fn given(open: &OpenQuestions, mut responses: BTreeMap<String, Response>) -> Given {
    let mut answers = Map::new();
    for question in open.questions() {
        let answer = match responses.remove(&question.id) {
            Some(Response::Accepted(_)) if is_for_a_page(question) => return Given::AtPage,
            Some(Response::Accepted(content)) => Form::of(question).and_then(|form| form.answer(content)),
            Some(Response::Declined) => return Given::End(Status::Declined),
            Some(Response::Cancelled) => return Given::End(Status::Cancelled),
            None => None,
        };
        let Some(answer) = answer else { return Given::Incomplete };
        answers.insert(question.id.clone(), answer);
    }
    Given::Answers(answers)
}

/// Whether the response is to a request to open a page, which has no content.
fn opened_a_page(response: &Response) -> bool {
    matches!(response, Response::Accepted(content) if content.is_empty())
}

/// Whether only our page can ask it.
fn is_for_a_page(question: &Question) -> bool {
    question.accounts().is_some() || Form::of(question).is_none()
}
