//! What the bytes of an answer say, in both forms that an answer may have (MCP 2026-07-28, "Streamable HTTP").

use http::HeaderMap;
use http::header::CONTENT_TYPE;
use serde_json::value::RawValue;

use crate::failure::ListFailure;
use crate::listing::Listing;
use crate::sse::Events;
use crate::{ToolList, message};

/// The form of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerForm {
    /// One message.
    Json,
    /// A stream of events, each of which has a message.
    Events,
}

impl AnswerForm {
    /// The form that the header fields name. What names none is read as a message: it either is one or is refused.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let kind = headers.get(CONTENT_TYPE).map(|value| value.as_bytes().to_ascii_lowercase());
        match kind {
            Some(kind) if kind.starts_with(b"text/event-stream") => Self::Events,
            _ => Self::Json,
        }
    }
}

/// The result in a body that is one message.
pub(crate) fn in_body(body: &[u8]) -> Result<Box<RawValue>, ListFailure> {
    message::result(body)?.ok_or(ListFailure::NotMcp)
}

/// The result in the events that end in these bytes of a stream, if one is there. A server may send notifications before
/// it, and one of an earlier protocol requests.
pub(crate) fn in_events(events: &mut Events, bytes: &[u8]) -> Result<Option<Box<RawValue>>, ListFailure> {
    for event in events.take(bytes) {
        if let Some(result) = message::result(&event)? {
            return Ok(Some(result));
        }
    }
    Ok(None)
}

/// The tools in the answer to `tools/list` that arrives in these parts, as [`list_tools`](crate::list_tools) reads it,
/// without the pages that it may lead to. The caller bounds the bytes.
pub fn read_page(form: AnswerForm, parts: &[&[u8]]) -> Result<ToolList, ListFailure> {
    let mut result = None;
    match form {
        AnswerForm::Json => result = Some(in_body(&parts.concat())?),
        AnswerForm::Events => {
            let mut events = Events::default();
            for part in parts {
                result = in_events(&mut events, part)?;
                if result.is_some() {
                    break;
                }
            }
        }
    }
    let mut listing = Listing::default();
    listing.add(&result.ok_or(ListFailure::NotMcp)?)?;
    Ok(listing.finish())
}
