//! The outcome of a run, as `wait` and `join` answer it: always with status 200, and as one JSON value.

use bytes::Bytes;
use primitives::explanation::cleaned;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::AgentError;

/// The maximum length of a failed graph's message, in characters.
const MAX_MESSAGE: usize = 2_000;

/// The outcome of a run so far.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// The graph has reached its end. Its values, as JSON.
    Values(Box<RawValue>),
    /// The graph has raised an error.
    Failed(RunFailure),
    /// The graph has stopped with questions, and goes on once they are answered.
    Interrupted(Vec<Interrupt>),
}

/// The error of a graph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunFailure {
    /// The name of its class.
    pub class: String,
    /// Its message, bounded and without URLs and keys.
    pub message: String,
}

/// A question of a graph (LangGraph's `interrupt()`).
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Interrupt {
    /// The id that its answer names.
    pub id: String,
    /// The argument of `interrupt()`.
    #[serde(default)]
    pub value: Value,
    /// The JSON Schema of an answer, if the graph gave one. The server does not check answers against it.
    #[serde(default)]
    pub response_schema: Option<Value>,
}

/// The members that are not the graph's.
#[derive(Deserialize)]
struct Reserved {
    #[serde(rename = "__error__")]
    error: Option<GraphError>,
    #[serde(rename = "__interrupt__")]
    interrupts: Option<Vec<Interrupt>>,
}

#[derive(Deserialize)]
struct GraphError {
    #[serde(default)]
    error: String,
    #[serde(default)]
    message: String,
}

impl Outcome {
    /// Reads the answer. Blanks before the JSON keep a waiting connection open.
    pub(crate) fn read(body: &Bytes) -> Result<Self, AgentError> {
        let text = str::from_utf8(body).map_err(|_| AgentError::Malformed)?.trim();
        if text.starts_with('{') {
            let reserved: Reserved = serde_json::from_str(text).map_err(|_| AgentError::Malformed)?;
            if let Some(error) = reserved.error {
                let [class, message] = [error.error, error.message].map(|text| cleaned(&text, MAX_MESSAGE));
                return Ok(Self::Failed(RunFailure { class, message }));
            }
            if let Some(interrupts) = reserved.interrupts.filter(|found| !found.is_empty()) {
                return Ok(Self::Interrupted(interrupts));
            }
        }
        let values = RawValue::from_string(text.to_owned()).map_err(|_| AgentError::Malformed)?;
        Ok(Self::Values(values))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &'static str) -> Result<Outcome, AgentError> {
        Outcome::read(&Bytes::from_static(text.as_bytes()))
    }

    #[test]
    fn values_are_kept_as_they_are() {
        for text in ["{\"answer\":\"é\"}", "[1,2]", "\"text\"", "null", "{}", "{\"__interrupt__\":[]}"] {
            let Ok(Outcome::Values(values)) = read(text) else { panic!("{text}") };
            assert_eq!(values.get(), text);
        }
        let Ok(Outcome::Values(values)) = read("\n\n\n{\"a\":1}\n") else { panic!("blanks") };
        assert_eq!(values.get(), "{\"a\":1}");
    }

    #[test]
    fn errors_and_questions_are_recognized() {
        let failed = read(r#"{"__error__":{"error":"ValueError","message":"the graph was\ntold to fail"}}"#);
        let Ok(Outcome::Failed(failure)) = failed else { panic!("failed") };
        assert_eq!(
            (failure.class.as_str(), failure.message.as_str()),
            ("ValueError", "the graph was told to fail")
        );
        let asked =
            read(r#"{"n":0,"__interrupt__":[{"value":{"q":"go on?"},"id":"e9","response_schema":null}]}"#);
        let Ok(Outcome::Interrupted(questions)) = asked else { panic!("asked") };
        assert_eq!((questions[0].id.as_str(), questions[0].response_schema.as_ref()), ("e9", None));
    }

    #[test]
    fn half_an_answer_is_none() {
        for text in ["", "\n\n", "{\"a\":", "<html>", "{\"__interrupt__\":[{\"value\":1}]}", "{} {}"] {
            assert!(matches!(read(text), Err(AgentError::Malformed)), "{text}");
        }
    }
}
