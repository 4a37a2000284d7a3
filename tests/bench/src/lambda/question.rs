//! The request to a program, and the check of its answer: a wrong answer must not count as a fast one.

use bytes::Bytes;
use serde_json::{Value, json};

use crate::Outcome;
use crate::calls::Call;
use crate::login::encode;

/// The request to a program.
#[derive(Clone, Debug)]
pub(crate) enum Question {
    /// An event for which any answer without an error is correct.
    Event(Bytes),
    /// A request with the expected status.
    Request(Bytes, u64),
    /// An MCP call.
    Call(Bytes, Call),
    /// A refresh with the token of the last one.
    Refresh { event: Value, client_id: String, token: String },
}

impl Question {
    /// The next event.
    pub(crate) fn event(&self) -> Bytes {
        match self {
            Self::Event(event) | Self::Request(event, _) | Self::Call(event, _) => event.clone(),
            Self::Refresh { event, client_id, token } => {
                let mut event = event.clone();
                set(&mut event, "", "body", json!(refresh(client_id, token)));
                Bytes::from(event.to_string())
            }
        }
    }

    /// Checks the answer.
    pub(crate) fn check(&mut self, answer: &Value) -> Outcome {
        let status = answer.get("statusCode").and_then(Value::as_u64);
        let body = || {
            let text = answer.get("body").and_then(Value::as_str).unwrap_or_default();
            serde_json::from_str::<Value>(text).unwrap_or_default()
        };
        let right = match self {
            Self::Event(_) => true,
            Self::Request(_, right) => status == Some(*right),
            Self::Call(_, call) => status == Some(200) && call.is_answered(&body()),
            Self::Refresh { token, .. } => match body().get("refresh_token").and_then(Value::as_str) {
                Some(next) => {
                    next.clone_into(token);
                    true
                }
                None => false,
            },
        };
        if right { Ok(()) } else { Err(format!("answered {answer}").into()) }
    }
}

/// Sets a member of an object in an event.
pub(crate) fn set(event: &mut Value, object: &str, name: &str, value: Value) {
    if let Some(members) = event.pointer_mut(object).and_then(Value::as_object_mut) {
        members.insert(name.to_owned(), value);
    }
}

/// The body of a refresh.
pub(crate) fn refresh(client_id: &str, token: &str) -> String {
    encode(&[("grant_type", "refresh_token"), ("client_id", client_id), ("refresh_token", token)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refresh_goes_on_with_the_token_that_it_was_given() {
        let event = json!({ "path": "/token" });
        let mut question = Question::Refresh { event, client_id: "c".into(), token: "one".into() };
        assert!(String::from_utf8_lossy(&question.event()).contains("refresh_token=one"));
        question.check(&json!({ "statusCode": 200, "body": r#"{"refresh_token":"two"}"# })).unwrap();
        assert!(String::from_utf8_lossy(&question.event()).contains("refresh_token=two"));
        question.check(&json!({ "statusCode": 400, "body": r#"{"error":"invalid_grant"}"# })).unwrap_err();
    }

    #[test]
    fn a_wrong_answer_is_an_error() {
        let mut question = Question::Request(Bytes::new(), 201);
        question.check(&json!({ "statusCode": 201 })).unwrap();
        question.check(&json!({ "statusCode": 500 })).unwrap_err();
        let mut call = Question::Call(Bytes::new(), Call::ListProjects);
        call.check(&json!({ "statusCode": 200, "body": r#"{"error":{}}"# })).unwrap_err();
    }
}
