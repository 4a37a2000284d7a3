//! One JSON-RPC 2.0 message, parsed without copying: the id is echoed byte for byte and the parameters stay raw until
//! the method is known.

use std::borrow::Cow;

use rmcp::model::ErrorCode;
use serde::{Deserialize, Deserializer};
use serde_json::error::Category;
use serde_json::value::RawValue;

use super::error::RpcError;

/// A message from the client.
#[derive(Debug)]
pub(crate) enum Message<'a> {
    /// Expects an answer.
    Request(Request<'a>),
    /// Expects none.
    Notification,
    /// An answer to a request that we never sent.
    Response,
}

/// A request: an id, a method and its parameters.
#[derive(Clone, Debug)]
pub(crate) struct Request<'a> {
    pub(crate) id: &'a RawValue,
    pub(crate) method: Cow<'a, str>,
    pub(crate) params: Option<&'a RawValue>,
}

/// A refused message, with its id for the answer, if that was usable.
#[derive(Debug)]
pub(crate) struct Refused<'a> {
    pub(crate) id: Option<&'a RawValue>,
    pub(crate) error: RpcError,
}

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow, default, deserialize_with = "present")]
    id: Option<&'a RawValue>,
    #[serde(borrow, default)]
    jsonrpc: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    method: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    params: Option<&'a RawValue>,
    #[serde(borrow, default)]
    result: Option<&'a RawValue>,
    #[serde(borrow, default)]
    error: Option<&'a RawValue>,
}

/// Keeps `"id": null` apart from no id: the first is an invalid request, the second a notification.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<&'de RawValue>, D::Error> {
    <&RawValue>::deserialize(deserializer).map(Some)
}

/// Whether the body is a batch: a JSON array of messages.
pub(crate) fn is_batch(body: &[u8]) -> bool {
    body.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[')
}

/// Parses one message. An array is refused, though serde would take its elements for the members in order.
pub(crate) fn parse(body: &[u8]) -> Result<Message<'_>, Refused<'_>> {
    if is_batch(body) {
        return Err(refused(None, ErrorCode::INVALID_REQUEST, "An array is not a message"));
    }
    let envelope: Envelope<'_> = serde_json::from_slice(body).map_err(|error| match error.classify() {
        Category::Data => refused(None, ErrorCode::INVALID_REQUEST, "Not a JSON-RPC 2.0 message"),
        _ => refused(None, ErrorCode::PARSE_ERROR, "The body is not valid JSON"),
    })?;
    classify(envelope)
}

fn classify(envelope: Envelope<'_>) -> Result<Message<'_>, Refused<'_>> {
    let id = envelope.id.filter(|id| is_id(id));
    let invalid = |message| Err(refused(id, ErrorCode::INVALID_REQUEST, message));
    if envelope.jsonrpc.as_deref() != Some("2.0") {
        return invalid("Not a JSON-RPC 2.0 message: \"jsonrpc\" must be \"2.0\"");
    }
    match (envelope.method, envelope.id, id) {
        (Some(method), Some(_), Some(id)) => {
            Ok(Message::Request(Request { id, method, params: envelope.params }))
        }
        (Some(_), None, _) => Ok(Message::Notification),
        (None, Some(_), Some(_)) if envelope.result.is_some() || envelope.error.is_some() => {
            Ok(Message::Response)
        }
        (_, Some(_), None) => invalid("The id must be a string or an integer"),
        (None, ..) => invalid("The message has no method"),
    }
}

/// MCP narrows JSON-RPC ids to strings and integers.
fn is_id(id: &RawValue) -> bool {
    let text = id.get();
    text.starts_with('"') || text.parse::<i64>().is_ok() || text.parse::<u64>().is_ok()
}

fn refused<'a>(id: Option<&'a RawValue>, code: ErrorCode, message: &'static str) -> Refused<'a> {
    Refused { id, error: RpcError::bad_request(code, message) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(body: &str) -> i32 {
        parse(body.as_bytes()).unwrap_err().error.code
    }

    #[test]
    fn a_request_keeps_its_id_byte_for_byte() {
        let body = r#"{"jsonrpc":"2.0","id":"a\u0062","method":"tools\/list","params":{"x":1}}"#;
        let Ok(Message::Request(request)) = parse(body.as_bytes()) else { panic!("a request") };
        assert_eq!((request.id.get(), request.method.as_ref()), (r#""a\u0062""#, "tools/list"));
        assert_eq!(request.params.unwrap().get(), r#"{"x":1}"#);
    }

    #[test]
    fn messages_without_an_id_want_no_answer() {
        let body = br#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#;
        assert!(matches!(parse(body), Ok(Message::Notification)));
        assert!(matches!(parse(br#"{"jsonrpc":"2.0","id":1,"result":{}}"#), Ok(Message::Response)));
    }

    #[test]
    fn broken_json_and_wrong_shapes_have_different_codes() {
        for body in ["", "{", "nul", "{\"jsonrpc\":\"2.0\",}", "\u{feff}{}", "{}x"] {
            assert_eq!(code(body), -32700, "{body}");
        }
        for body in [
            "[]",
            " [{}]",
            "1",
            "null",
            "{}",
            r#"{"jsonrpc":"1.0","id":1,"method":"ping"}"#,
            r#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#,
            r#"{"jsonrpc":"2.0","id":1.5,"method":"ping"}"#,
            r#"{"jsonrpc":"2.0","id":{},"method":"ping"}"#,
            r#"{"jsonrpc":"2.0","id":1}"#,
            r#"{"jsonrpc":"2.0","id":1,"method":7}"#,
            r#"{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}"#,
        ] {
            assert_eq!(code(body), -32600, "{body}");
        }
    }

    #[test]
    fn a_refusal_answers_to_the_id_when_there_is_one() {
        let refused = parse(br#"{"id":7,"method":"ping"}"#).unwrap_err();
        assert_eq!(refused.id.unwrap().get(), "7");
    }
}
