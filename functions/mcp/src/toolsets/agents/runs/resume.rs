//! `agent_resume`: answers the open questions of a run, each of them once.

use std::collections::BTreeSet;

use agent_server::{AgentError, Input, Interrupt};
use serde_json::{Map, Value};

use super::caller::Caller;
use super::keys::RunHandle;
use super::result::already_answered;
use super::wait;
use crate::toolset::arguments::errors::missing;
use crate::toolset::arguments::reader::Arguments;
use crate::toolset::{Output, SetError, ToolError};
use crate::toolsets::agents::faults;
use crate::toolsets::agents::question::Question;
use crate::toolsets::agents::validator::Validator;

/// The answers by the ids of their questions.
pub(super) fn answers(arguments: &mut Arguments<'_>) -> Result<Map<String, Value>, ToolError> {
    let given = arguments.object("answers")?.ok_or_else(|| missing("answers"))?;
    serde_json::from_str(given.get()).map_err(|_| ToolError::invalid("answers must be an object."))
}

/// The open questions of the run's thread; an error if there are none.
pub(super) async fn open_questions(
    caller: &Caller<'_>,
    handle: &RunHandle,
) -> Result<Vec<Interrupt>, SetError> {
    let state = caller.session().thread_state(handle.thread).await;
    let open = state.map_err(|error| faults::of_run(&error))?.questions();
    if open.is_empty() { Err(already_answered().into()) } else { Ok(open) }
}

/// Answers the open questions. The server would pass any answer on to the agent, and take a second one without a word.
pub(super) async fn answer(
    caller: &Caller<'_>,
    handle: &RunHandle,
    open: Vec<Interrupt>,
    answers: &Map<String, Value>,
) -> Result<Output, SetError> {
    check(open, answers)?;
    let request = caller.run(handle.assistant, Input::Answers(answers));
    let started = caller.session().start_run(handle.thread, &request).await.map_err(|error| match error {
        AgentError::Conflict => ToolError::invalid("The question is being answered by another call.").into(),
        error => faults::of_start(&error),
    })?;
    wait::outcome(caller, handle, started).await
}

/// Every open question has an answer that conforms to its schema, and nothing else is answered.
fn check(open: Vec<Interrupt>, answers: &Map<String, Value>) -> Result<(), ToolError> {
    let questions: Vec<Question> = open.into_iter().map(Question::from).collect();
    let ids: BTreeSet<&str> = questions.iter().map(|question| question.id.as_str()).collect();
    let listed = || ids.iter().copied().collect::<Vec<_>>().join(", ");
    if answers.keys().any(|id| !ids.contains(id.as_str())) {
        return Err(ToolError::invalid(format!(
            "answers names a question that is not open. Open: {}.",
            listed()
        )));
    }
    for question in &questions {
        let Some(answer) = answers.get(&question.id) else {
            return Err(ToolError::invalid(format!(
                "answers lacks the answer to {}: {}",
                question.id, question.message
            )));
        };
        let validator = question.schema.as_ref().and_then(Validator::new);
        if let Some(Err(problem)) = validator.map(|validator| validator.check(answer)) {
            return Err(ToolError::invalid(format!(
                "The answer to {} does not conform to its schema: {problem}",
                question.id
            )));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn problem(answers: Value) -> Option<String> {
        let open = vec![
            Interrupt {
                id: "a".into(),
                value: json!("Go on?"),
                response_schema: Some(json!({"type": "boolean"})),
            },
            Interrupt { id: "b".into(), value: json!("Why?"), response_schema: None },
        ];
        let Value::Object(answers) = answers else { panic!("an object") };
        check(open, &answers).err().map(|error| error.message)
    }

    #[test]
    fn all_open_questions_and_no_others_are_answered_by_their_schemas() {
        assert_eq!(problem(json!({"a": false, "b": null})), None);
        for (answers, expected) in [
            (json!({}), "answers lacks the answer to a: Go on?"),
            (json!({"a": true}), "answers lacks the answer to b: Why?"),
            (json!({"a": true, "b": 1, "c": 1}), "answers names a question that is not open. Open: a, b."),
        ] {
            assert_eq!(problem(answers).as_deref(), Some(expected));
        }
        let refused = problem(json!({"a": "yes", "b": 1})).unwrap();
        assert!(refused.starts_with("The answer to a does not conform to its schema: "), "{refused}");
    }
}
