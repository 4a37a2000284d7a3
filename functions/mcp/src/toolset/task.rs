//! Tasks (the extension `io.modelcontextprotocol/tasks`, SEP-2663): a call that takes long is answered by a task, which the
//! client asks for the result, gives input to, or cancels. Only for clients that declare the extension with the request.

use std::time::Duration;

use primitives::clock::Timestamp;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};
use time::OffsetDateTime;

use super::iso::rfc3339;
use super::{Output, Responses};
use crate::json::append;

/// The name of the extension.
pub(crate) const EXTENSION: &str = "io.modelcontextprotocol/tasks";

/// How often a client should ask.
const POLLED_EVERY: Duration = Duration::from_secs(1);

/// A task.
#[derive(Clone, Debug)]
pub struct Task {
    /// Its id: at most 512 bytes, of characters that a header may have (`Mcp-Name`).
    pub id: String,
    /// When the call began.
    pub created: Timestamp,
    /// The time of its last change of state; the present time if that is unknown.
    pub updated: Timestamp,
    /// How long after its creation it is known.
    pub ttl: Duration,
    /// Its state.
    pub state: TaskState,
}

/// The state of a task. There is none for a JSON-RPC error (`failed`): a call that has become a task ends with a result.
#[derive(Clone, Debug)]
pub enum TaskState {
    /// The call is at work.
    Working,
    /// It waits for the client's input, which these requests ask for by their keys.
    InputRequired(Map<String, Value>),
    /// It has this result, which may be that of a failure.
    Completed(Box<Output>),
    /// It was ended from outside.
    Cancelled,
}

/// What a client wants of a task.
#[derive(Clone, Copy, Debug)]
pub enum TaskRequest<'a> {
    /// `tasks/get`.
    Get,
    /// `tasks/update`: the responses to the requests for input.
    Update(Responses<'a>),
    /// `tasks/cancel`.
    Cancel,
}

/// The answer to a [`TaskRequest`].
#[derive(Clone, Debug)]
pub enum TaskAnswer {
    /// The task, for `tasks/get`.
    Task(Task),
    /// The request is done.
    Acknowledged,
}

/// Whether a request's capabilities declare the extension.
pub(crate) fn declares_tasks(capabilities: Option<&RawValue>) -> bool {
    #[derive(Deserialize)]
    struct Capabilities {
        #[serde(default)]
        extensions: Option<Map<String, Value>>,
    }
    let declared = capabilities.and_then(|raw| serde_json::from_str::<Capabilities>(raw.get()).ok());
    let extensions = declared.and_then(|declared| declared.extensions);
    extensions.is_some_and(|extensions| extensions.get(EXTENSION).is_some_and(|value| !value.is_null()))
}

impl Task {
    /// The members of a result that describe the task, without the payload of its state: JSON without the closing brace.
    pub(crate) fn members(&self) -> Vec<u8> {
        let members = json!({
            "taskId": self.id,
            "status": self.status(),
            "createdAt": time(self.created),
            "lastUpdatedAt": time(self.updated),
            "ttlMs": millis(self.ttl),
            "pollIntervalMs": millis(POLLED_EVERY),
        });
        let mut json = Vec::new();
        append(&mut json, &members);
        json.pop();
        json
    }

    /// The result of `tasks/get`, likewise; the client's own result is copied as it is.
    pub(crate) fn in_detail(&self) -> Vec<u8> {
        let mut json = self.members();
        match &self.state {
            TaskState::Working | TaskState::Cancelled => {}
            TaskState::InputRequired(requests) => {
                json.extend_from_slice(br#","inputRequests":"#);
                append(&mut json, requests);
            }
            TaskState::Completed(output) => {
                json.extend_from_slice(br#","result":"#);
                output.write(&mut json, None);
            }
        }
        json
    }

    const fn status(&self) -> &'static str {
        match self.state {
            TaskState::Working => "working",
            TaskState::InputRequired(_) => "input_required",
            TaskState::Completed(_) => "completed",
            TaskState::Cancelled => "cancelled",
        }
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

fn time(moment: Timestamp) -> String {
    let moment =
        i64::try_from(moment.secs()).ok().and_then(|secs| OffsetDateTime::from_unix_timestamp(secs).ok());
    moment.map(rfc3339).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task(state: TaskState) -> Value {
        let (created, updated) = (Timestamp::from_secs(1_900_000_000), Timestamp::from_secs(1_900_000_007));
        let task = Task { id: "t1".into(), created, updated, ttl: Duration::from_hours(24), state };
        let mut json = task.in_detail();
        json.push(b'}');
        serde_json::from_slice(&json).unwrap()
    }

    #[test]
    fn each_state_has_its_own_payload() {
        let common = json!({
            "taskId": "t1",
            "createdAt": "2030-03-17T17:46:40Z",
            "lastUpdatedAt": "2030-03-17T17:46:47Z",
            "ttlMs": 86_400_000,
            "pollIntervalMs": 1_000,
        });
        let requests = Map::from_iter([("q".to_owned(), json!({"method": "elicitation/create"}))]);
        let done = TaskState::Completed(Box::new(Output::data(&json!({"a": 1}))));
        let result = json!({
            "content": [{"type": "text", "text": "{\"a\":1}"}], "structuredContent": {"a": 1}, "isError": false,
        });
        for (state, status, payload) in [
            (TaskState::Working, "working", None),
            (TaskState::Cancelled, "cancelled", None),
            (
                TaskState::InputRequired(requests.clone()),
                "input_required",
                Some(("inputRequests", requests.into())),
            ),
            (done, "completed", Some(("result", result))),
        ] {
            let mut expected = common.clone();
            expected["status"] = status.into();
            if let Some((name, value)) = payload {
                expected[name] = value;
            }
            assert_eq!(task(state), expected);
        }
    }

    #[test]
    fn the_extension_is_declared_by_its_name() {
        let declares = |raw: &str| declares_tasks(Some(serde_json::from_str(raw).unwrap()));
        assert!(declares(r#"{"extensions":{"io.modelcontextprotocol/tasks":{}}}"#));
        for other in ["{}", r#"{"tasks":{}}"#, r#"{"extensions":{"x/tasks":{}}}"#, r#"{"extensions":7}"#] {
            assert!(!declares(other), "{other}");
        }
        assert!(!declares_tasks(None));
    }
}
