//! JSON-RPC batches (JSON-RPC 2.0 section 6). Of the revisions that we support, only 2025-03-26 has them, and it
//! obliges every server to receive them; 2025-06-18 removed them.

use std::fmt;

use http::HeaderMap;
use rmcp::model::ErrorCode;
use serde::Deserializer as _;
use serde::de::{SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::message::{Message, Refused, Request, parse as parse_message};
use super::{Offer, Outcome, RpcError, dispatch, headers, version};

/// The maximum number of messages in one batch.
const MAX_MESSAGES: usize = 20;

/// An element of a batch that needs an answer.
#[derive(Debug)]
pub(crate) enum Part<'a> {
    /// A request and its outcome.
    Request { id: &'a RawValue, outcome: Outcome<'a> },
    /// An element that is not a message.
    Refused(Refused<'a>),
}

/// The messages that need an answer, in order. Empty when none of the batch does.
pub(crate) fn parse<'a>(
    offer: Offer<'a>,
    headers: &HeaderMap,
    body: &'a [u8],
) -> Result<Vec<Part<'a>>, RpcError> {
    check_version(headers)?;
    let messages = split(body)?;
    Ok(messages.into_iter().filter_map(|message| part(offer, headers, message)).collect())
}

/// Without a header, the revision is 2025-03-26 (MCP 2025-11-25, Streamable HTTP, "Protocol Version Header").
fn check_version(headers: &HeaderMap) -> Result<(), RpcError> {
    match headers::version(headers) {
        Ok(None | Some(version::WITH_BATCHES)) => Ok(()),
        _ => Err(invalid("Only revision 2025-03-26 supports batches: send one message per request")),
    }
}

/// The elements of the array, unparsed.
fn split(body: &[u8]) -> Result<Vec<&RawValue>, RpcError> {
    let mut json = serde_json::Deserializer::from_slice(body);
    let elements = json.deserialize_seq(Elements).and_then(|elements| json.end().map(|()| elements));
    let elements =
        elements.map_err(|_| RpcError::bad_request(ErrorCode::PARSE_ERROR, "The body is not valid JSON"))?;
    match elements.len() {
        0 => Err(invalid("The batch is empty")),
        1..=MAX_MESSAGES => Ok(elements),
        _ => Err(invalid("A batch may hold at most 20 messages")),
    }
}

/// Keeps only as many elements as show that there are too many, whatever the length of the array.
struct Elements;

impl<'de> Visitor<'de> for Elements {
    type Value = Vec<&'de RawValue>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<Self::Value, A::Error> {
        let mut elements = Vec::new();
        while let Some(element) = array.next_element::<&'de RawValue>()? {
            if elements.len() <= MAX_MESSAGES {
                elements.push(element);
            }
        }
        Ok(elements)
    }
}

fn part<'a>(offer: Offer<'a>, headers: &HeaderMap, raw: &'a RawValue) -> Option<Part<'a>> {
    match parse_message(raw.get().as_bytes()) {
        Ok(Message::Request(request)) => {
            Some(Part::Request { id: request.id, outcome: outcome(offer, headers, &request) })
        }
        Ok(Message::Notification | Message::Response) => None,
        Err(refused) => Some(Part::Refused(refused)),
    }
}

/// "The initialize request MUST NOT be part of a JSON-RPC batch, as other requests and notifications are not possible
/// until initialization has completed" (MCP 2025-03-26, Lifecycle).
fn outcome<'a>(offer: Offer<'a>, headers: &HeaderMap, request: &Request<'a>) -> Outcome<'a> {
    if request.method == "initialize" {
        return Outcome::Error(invalid("initialize must not be part of a batch"));
    }
    dispatch(offer, headers, request)
}

fn invalid(message: &'static str) -> RpcError {
    RpcError::bad_request(ErrorCode::INVALID_REQUEST, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(body: &str) -> i32 {
        split(body.as_bytes()).unwrap_err().code
    }

    #[test]
    fn elements_stay_as_they_are() {
        let elements = split(b" [ {\"id\":\"a\\u0062\"} ,7,\n[[]] ] ").unwrap();
        let elements: Vec<_> = elements.into_iter().map(RawValue::get).collect();
        assert_eq!(elements, [r#"{"id":"a\u0062"}"#, "7", "[[]]"]);
    }

    #[test]
    fn a_batch_holds_one_to_twenty_messages() {
        let of = |count: usize| format!("[{}]", vec!["{}"; count].join(","));
        for count in [1, 20] {
            assert_eq!(split(of(count).as_bytes()).unwrap().len(), count);
        }
        for count in [0, 21, 300_000] {
            assert_eq!(code(&of(count)), -32600, "{count}");
        }
    }

    #[test]
    fn a_broken_array_is_broken_json() {
        for body in ["[", "[{}", "[{}]]", "[{},]", "[{}] x", "[{}]\u{0}"] {
            assert_eq!(code(body), -32700, "{body}");
        }
        assert_eq!(split(b"[\"\xff\"]").unwrap_err().code, -32700);
        assert_eq!(code(&"[".repeat(200_000)), -32700);
    }
}
