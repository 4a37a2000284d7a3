//! What came of a step that calls a tool.

use serde_json::Value;

use crate::speak::ToolAnswer;

/// A call of a tool.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) step: &'static str,
    pub(crate) tool: String,
    pub(crate) outcome: Outcome,
    /// Whether it may end in different ways, as the key, the plan or the moment has it.
    pub(crate) is_open_ended: bool,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It gave a result, as it should or may.
    Worked,
    /// It refused with this kind, as it should or may.
    Refused(String),
    /// It did what it should not, in these words.
    Failed(String),
    /// It was not called: an earlier step did not get what it needs.
    NotDone,
}

impl Call {
    pub(super) fn new(step: &'static str, tool: &str, outcome: Outcome) -> Self {
        Self { step, tool: tool.to_owned(), outcome, is_open_ended: false }
    }

    /// Whether it is as it should be.
    pub(crate) const fn is_good(&self) -> bool {
        matches!(self.outcome, Outcome::Worked | Outcome::Refused(_))
    }
}

/// What a call is to bring.
#[derive(Clone, Copy)]
pub(super) enum Expected {
    Result,
    Refusal,
    Either,
}

impl Expected {
    /// The outcome, and the result of a call that worked.
    pub(super) fn judge(self, answer: ToolAnswer) -> (Outcome, Option<Value>) {
        match (self, answer) {
            (Self::Result | Self::Either, ToolAnswer::Result(result)) => (Outcome::Worked, Some(result)),
            (Self::Refusal, ToolAnswer::Result(_)) => {
                (Outcome::Failed("it worked and should have been refused".to_owned()), None)
            }
            (Self::Refusal | Self::Either, ToolAnswer::Error(error)) => match kind(&error) {
                // These say nothing about what was asked.
                "upstream" | "rate_limited" | "auth" => (Outcome::Failed(words(&error)), None),
                kind => (Outcome::Refused(kind.to_owned()), None),
            },
            (Self::Result, ToolAnswer::Error(error)) => (Outcome::Failed(words(&error)), None),
            (_, ToolAnswer::Broken(why)) => (Outcome::Failed(why), None),
        }
    }
}

fn kind(error: &Value) -> &str {
    error.get("kind").and_then(Value::as_str).unwrap_or("no kind")
}

fn words(error: &Value) -> String {
    let words = error.get("error").and_then(Value::as_str).unwrap_or("no words");
    format!("{}: {words}", kind(error))
}
