//! An answer as an event stream (MCP Streamable HTTP, "Sending Messages to the Server"): the tool's reports, then the
//! JSON-RPC answer. It begins with the first report; a call without reports is answered with JSON.
//!
//! A comment is sent whenever nothing else has been for a while: proxies close silent connections.
//!
//! The stream owns the work. Closing the stream, which is how MCP 2026-07-28 cancels a request, ends the work.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use bytes::{BufMut as _, Bytes, BytesMut};
use futures_util::{Stream, StreamExt as _, stream};
use http::HeaderValue;
use http::header::HeaderName;
use memchr::memmem;
use shared::web::reply::describe;
use tokio::sync::watch;
use tokio::time::sleep;

use crate::toolset::{Report, Reports};

/// Stops proxies from buffering events.
const X_ACCEL_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

/// How long the stream is silent at most. Proxies close a connection after a minute of silence, some after half of it.
const SILENCE: Duration = Duration::from_secs(15);

/// A comment, which clients skip (HTML standard, "Parsing an event stream").
const COMMENT: Bytes = Bytes::from_static(b":\n\n");

/// The processing of a request.
type Work = Pin<Box<dyn Future<Output = Response> + Send>>;

/// Whether a message may ask for reports. False positives, such as the name within a text, do no harm: a call without a
/// token reports to nobody.
pub(super) fn may_want_reports(message: &[u8]) -> bool {
    memmem::find(message, b"\"progressToken\"").is_some()
}

/// The answer of `work`, which gets the channel for its reports.
pub(super) async fn answer<F>(work: impl FnOnce(Reports) -> F) -> Response
where
    F: Future<Output = Response> + Send + 'static,
{
    let (reports, mut received) = watch::channel(None);
    let mut work: Work = Box::pin(work(reports));
    tokio::select! {
        biased;
        response = &mut work => response,
        Ok(()) = received.changed() => respond(events(work, received)),
    }
}

fn respond(events: impl Stream<Item = Result<Bytes, Infallible>> + Send + 'static) -> Response {
    let mut response = Response::new(Body::from_stream(events));
    let headers = response.headers_mut();
    describe(headers, "text/event-stream");
    headers.insert(X_ACCEL_BUFFERING, HeaderValue::from_static("no"));
    response
}

/// The events, from the report that has just arrived.
fn events(
    work: Work,
    mut received: watch::Receiver<Option<Report>>,
) -> impl Stream<Item = Result<Bytes, Infallible>> + Send {
    let first = latest(&mut received);
    let rest = stream::unfold(Some((work, received)), async |state| {
        let (mut work, mut received) = state?;
        tokio::select! {
            biased;
            response = &mut work => Some((last(response).await, None)),
            Ok(()) = received.changed() => {
                let report = latest(&mut received);
                Some((report, Some((work, received))))
            }
            () = sleep(SILENCE) => Some((COMMENT, Some((work, received)))),
        }
    });
    stream::once(async { first }).chain(rest).map(Ok)
}

fn latest(received: &mut watch::Receiver<Option<Report>>) -> Bytes {
    let report = received.borrow_and_update();
    report.as_ref().map_or_else(Bytes::new, |report| event(&report.message))
}

/// The JSON-RPC answer as the last event. Its HTTP status is lost, but its JSON-RPC error says the same.
async fn last(response: Response) -> Bytes {
    let body = axum::body::to_bytes(response.into_body(), usize::MAX).await;
    body.map_or_else(|_| Bytes::new(), |body| event(&body))
}

/// An event with compact JSON, which has no line breaks.
fn event(json: &[u8]) -> Bytes {
    let mut event = BytesMut::with_capacity(json.len() + 32);
    event.put_slice(b"event: message\ndata: ");
    event.put_slice(json);
    event.put_slice(b"\n\n");
    event.freeze()
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use primitives::deadline::Deadline;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_silent_stream_has_comments() {
        let (reports, received) = watch::channel(None);
        let mut events = Box::pin(events(Box::pin(pending()), received));
        let mut next = async || events.next().await.unwrap().unwrap();
        assert_eq!(next().await, "");
        let limit = Deadline::after(3 * SILENCE);
        assert_eq!((next().await, next().await), (COMMENT, COMMENT));
        assert_eq!(limit.remaining(), SILENCE);
        drop(reports);
    }
}
