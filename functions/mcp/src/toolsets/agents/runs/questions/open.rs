//! The open questions of a run, and the answers to them. An agent that asks twice in one step gives both questions the
//! same id, so a client gets ids that name the asking run as well: an answer never meets the next question.

use agent_server::{AgentError, Interrupt};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::toolset::{SetError, ToolError};
use crate::toolsets::agents::faults;
use crate::toolsets::agents::question::Question;
use crate::toolsets::agents::runs::agent_call::AgentCall;
use crate::toolsets::agents::runs::keys::RunHandle;
use crate::toolsets::agents::schema::Validator;

/// The questions with which a run has stopped.
pub(crate) struct OpenQuestions(Vec<Open>);

/// A question, with the server's own id.
struct Open {
    id: String,
    question: Question,
}

impl OpenQuestions {
    /// The questions with which `run` has stopped.
    pub(crate) fn of(run: Uuid, interrupts: Vec<Interrupt>) -> Self {
        // The last digits of a run's id are random, the first ones a time.
        let (_, last) = run.as_u64_pair();
        let open = |mut interrupt: Interrupt| {
            let id = interrupt.id.clone();
            interrupt.id = format!("{id}-{:08x}", last & 0xffff_ffff);
            Open { id, question: interrupt.into() }
        };
        Self(interrupts.into_iter().map(open).collect())
    }

    /// The open questions of the handle's thread; an error if there are none.
    pub(crate) async fn read(call: &AgentCall<'_>, handle: &RunHandle) -> Result<Self, SetError> {
        Self::find(call, handle).await?.ok_or_else(|| none_open().into())
    }

    /// The open questions of the handle's thread, if there are some.
    pub(crate) async fn find(call: &AgentCall<'_>, handle: &RunHandle) -> Result<Option<Self>, SetError> {
        let (session, failed) = (call.session(), |error: AgentError| faults::of_run(&error));
        // In this order, an answer to these questions does not fit if another run has started in between.
        let open = match session.thread_state(handle.thread).await {
            // Its thread goes with a run that is ended instead of answered.
            Err(AgentError::NotFound) => return Ok(None),
            state => state.map_err(failed)?.questions(),
        };
        let run = session.latest_run(handle.thread).await.map_err(failed)?;
        if open.is_empty() || !run.status.is_over() {
            return Ok(None);
        }
        Ok(Some(Self::of(run.id, open)))
    }

    /// The questions as the client sees them.
    pub(crate) fn into_questions(self) -> Vec<Question> {
        self.0.into_iter().map(|open| open.question).collect()
    }

    /// The questions as the client sees them.
    pub(crate) fn questions(&self) -> impl Iterator<Item = &Question> {
        self.0.iter().map(|open| &open.question)
    }

    /// The answers by the server's own ids, if there is one to each question and to no other, and each fits its
    /// question's schema.
    pub(crate) fn answers(&self, mut given: Map<String, Value>) -> Result<Map<String, Value>, ToolError> {
        if given.keys().any(|id| !self.questions().any(|question| question.id == *id)) {
            return Err(self.not_open());
        }
        let mut answers = Map::new();
        for Open { id, question } in &self.0 {
            let Some(answer) = given.remove(&question.id) else {
                return Err(ToolError::invalid(format!(
                    "answers lacks the answer to {}: {}",
                    question.id,
                    question.summary()
                )));
            };
            check(question, &answer)?;
            answers.insert(id.clone(), answer);
        }
        Ok(answers)
    }

    fn not_open(&self) -> ToolError {
        let open: Vec<&str> = self.questions().map(|question| question.id.as_str()).collect();
        ToolError::invalid(format!(
            "answers names a question that is not open. Open: {}. agent_run_result returns what they ask.",
            open.join(", ")
        ))
    }
}

fn check(question: &Question, answer: &Value) -> Result<(), ToolError> {
    let Some(validator) = question.schema.as_ref().and_then(Validator::new) else { return Ok(()) };
    validator.check(answer).map_err(|problem| {
        let id = &question.id;
        ToolError::invalid(format!("The answer to {id} does not conform to its schema: {problem}"))
    })
}

/// The error for a run without open questions.
fn none_open() -> ToolError {
    ToolError::invalid(
        "This run has no open question: it was answered or cancelled before. agent_run_result returns its outcome.",
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn open(run: u128) -> OpenQuestions {
        let schema = Some(json!({"type": "boolean"}));
        let asked = vec![
            Interrupt { id: "a".into(), value: json!("Go on?"), response_schema: schema },
            Interrupt { id: "b".into(), value: json!("Why?"), response_schema: None },
        ];
        OpenQuestions::of(Uuid::from_u128(run), asked)
    }

    fn answers(given: Value) -> Result<Value, String> {
        let Value::Object(given) = given else { panic!("an object") };
        open(1).answers(given).map(Value::Object).map_err(|error| error.message)
    }

    #[test]
    fn all_open_questions_and_no_others_are_answered_by_their_schemas() {
        let (a, b) = ("a-00000001", "b-00000001");
        assert_eq!(answers(json!({a: false, b: null})), Ok(json!({"a": false, "b": null})));
        for (given, expected) in [
            (json!({}), "answers lacks the answer to a-00000001: Go on?"),
            (json!({a: true}), "answers lacks the answer to b-00000001: Why?"),
            (
                json!({a: true, b: 1, "a": 1}),
                "answers names a question that is not open. Open: a-00000001, b-00000001. agent_run_result returns \
                 what they ask.",
            ),
        ] {
            assert_eq!(answers(given), Err(expected.to_owned()));
        }
        let refused = answers(json!({a: "yes", b: 1})).unwrap_err();
        assert!(
            refused.starts_with("The answer to a-00000001 does not conform to its schema: "),
            "{refused}"
        );
    }

    #[test]
    fn the_next_run_asks_by_other_ids() {
        let ids = |run| open(run).questions().map(|question| question.id.clone()).collect::<Vec<_>>();
        assert_eq!(ids(7), ids(7));
        assert!(ids(7).iter().all(|id| !ids(8).contains(id)));
    }
}
