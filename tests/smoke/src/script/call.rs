//! The outcome of a step that calls a tool.

use serde_json::Value;

use crate::speak::ToolAnswer;

/// A tool call.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) step: &'static str,
    pub(crate) tool: String,
    pub(crate) outcome: Outcome,
    /// Whether its outcome depends on the key, the plan or the moment.
    pub(crate) is_open_ended: bool,
}

/// The outcome of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// A result, as expected or permitted.
    Worked,
    /// A refusal of this kind, as expected or permitted.
    Refused(String),
    /// An unexpected outcome, described in words.
    Failed(String),
    /// Not called: an earlier step did not obtain the required data.
    NotDone,
}

impl Call {
    pub(super) fn new(step: &'static str, tool: &str, outcome: Outcome) -> Self {
        Self { step, tool: tool.to_owned(), outcome, is_open_ended: false }
    }

    /// Whether the outcome is acceptable.
    pub(crate) const fn is_good(&self) -> bool {
        matches!(self.outcome, Outcome::Worked | Outcome::Refused(_))
    }
}

/// The expected outcome of a call.
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
                // These errors say nothing about the arguments.
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
