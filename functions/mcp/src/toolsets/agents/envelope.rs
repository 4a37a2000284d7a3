//! The result of an agent's tool: one object that fits every outcome, since a tool with an output schema must always
//! return what fits it (MCP 2026-07-28, Tools, "Output Schema").

use std::sync::{Arc, LazyLock};

use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use super::question::Question;

/// The result. Members that an outcome lacks are left out.
#[derive(Serialize)]
pub(super) struct Envelope<'a> {
    pub(super) status: Status,
    /// The agent's values.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) output: Option<&'a RawValue>,
    /// The sealed handle, for the tools that return to the run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) handle: Option<&'a str>,
    /// The agent's open questions.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub(super) questions: &'a [Question],
    /// What a model can do next.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) next_step: Option<&'static str>,
}

/// The state of a run as its caller sees it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Status {
    /// The agent has reached its end.
    Completed,
    /// The agent is still at work.
    Running,
    /// The agent waits for answers.
    InputRequired,
    /// The run was ended from outside.
    Cancelled,
    /// The person did not want to answer, which ended the run.
    Declined,
}

impl Status {
    const ALL: [Self; 5] =
        [Self::Completed, Self::Running, Self::InputRequired, Self::Cancelled, Self::Declined];

    /// The status as a result names it.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::Running => "running",
            Self::InputRequired => "input_required",
            Self::Cancelled => "cancelled",
            Self::Declined => "declined",
        }
    }
}

impl Serialize for Status {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'a> Envelope<'a> {
    /// An outcome that says nothing but its status.
    pub(super) const fn of(status: Status) -> Self {
        Self { status, output: None, handle: None, questions: &[], next_step: None }
    }

    pub(super) const fn completed(output: &'a RawValue) -> Self {
        Self { output: Some(output), ..Self::of(Status::Completed) }
    }

    pub(super) const fn running(handle: &'a str) -> Self {
        let next_step = Some("Call agent_run_result with this handle to wait for the outcome.");
        Self { handle: Some(handle), next_step, ..Self::of(Status::Running) }
    }

    /// Open questions. With `has_page`, the url of each is our page for all of them.
    pub(super) fn input_required(handle: &'a str, questions: &'a [Question], has_page: bool) -> Self {
        let connects = questions.iter().any(|question| question.accounts().is_some());
        let next_step = Some(match (connects, has_page) {
            (false, true) => {
                "Ask the person, then call agent_resume with this handle and answers, an object with the answer to \
                 each question by its id. Or give them the url of a question to answer there, then call agent_run_result."
            }
            (false, false) => {
                "Ask the person, then call agent_resume with this handle and answers, an object with the answer to \
                 each question by its id."
            }
            (true, true) => {
                "The agent needs an account of the person. Give them the url of a question: there they connect the \
                 account and continue. Then call agent_run_result with this handle."
            }
            (true, false) => {
                "The agent needs an account of the person. Let them open the url of the question, and every other \
                 connect_url in its value. Then call agent_resume with this handle and answers, an object with true \
                 for that question by its id, and the person's answer to each other one."
            }
        });
        Self { handle: Some(handle), questions, next_step, ..Self::of(Status::InputRequired) }
    }
}

/// The schema of the result, the same for every agent: agents return more, and on the way to their end less, than their
/// own output schemas say.
pub(super) fn schema() -> &'static Arc<Map<String, Value>> {
    static SCHEMA: LazyLock<Arc<Map<String, Value>>> = LazyLock::new(|| {
        let schema = json!({
            "type": "object",
            "properties": {
                "status": {"enum": Status::ALL.map(Status::as_str)},
                "output": {"description": "The agent's values."},
                "handle": {"type": "string", "description": "The run, for agent_run_result, agent_run_cancel and agent_resume."},
                "questions": {"type": "array", "description": "The agent's open questions.", "items": {
                    "type": "object",
                    "properties": {
                        "id": {"type": "string"},
                        "message": {"type": "string"},
                        "value": {"description": "The question as the agent asks it."},
                        "schema": {"type": "object", "description": "The JSON Schema of an answer."},
                        "url": {"type": "string", "description": "A page on which the person can answer, or connects a missing account."},
                    },
                    "required": ["id", "message"],
                }},
                "next_step": {"type": "string"},
            },
            "required": ["status"],
        });
        let Value::Object(members) = schema else { return Arc::default() };
        Arc::new(members)
    });
    &SCHEMA
}
