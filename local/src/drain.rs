//! Keeps a connection open when a request is refused before its body was read. A connection with an unread body is
//! closed; a client that sends head and body separately then gets a broken pipe instead of the refusal, and one that
//! immediately sends its next request, as many do after a 401, loses that request.
//!
//! A layer, because every function refuses some requests early, and handlers should not have to handle this.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use http::header::EXPECT;
use http_body::{Body as HttpBody, Frame, SizeHint};
use http_body_util::BodyExt as _;
use tokio::sync::oneshot;

/// How much of an unread body is read, and for how long: more than clients send, even one that posts far too much, but
/// too little to keep us busy. The data is discarded.
const MOST: usize = 16 * 1024 * 1024;
const BRIEFLY: Duration = Duration::from_secs(1);

/// Middleware: responds only after the unread rest of the body has been read, within limits.
pub(crate) async fn drain(request: Request, next: Next) -> Response {
    if request.body().is_end_stream() {
        return next.run(request).await;
    }
    // A client that expects a 100 has sent nothing yet, and reading would ask it to (RFC 9110 section 10.1.1).
    let waits = request.headers().contains_key(EXPECT);
    let (giver, rest) = oneshot::channel();
    let lend =
        |body| Body::new(Lent { body, giver: Some(giver), begun: false, awaited: false, ended: false });
    let response = next.run(request.map(lend)).await;
    match { rest }.try_recv() {
        Ok(Left { body, begun }) if begun || !waits => discard(body).await,
        _ => {}
    }
    response
}

/// Reads a body to its end, within limits. The connection of a longer one is closed anyway.
async fn discard(mut body: Body) {
    let most = u64::try_from(MOST).unwrap_or(u64::MAX);
    if body.size_hint().lower() > most {
        return;
    }
    let rest = async {
        let mut seen = 0;
        while let Some(Ok(frame)) = body.frame().await {
            seen += frame.data_ref().map_or(0, Bytes::len);
            if seen > MOST {
                return;
            }
        }
    };
    let _slow = tokio::time::timeout(BRIEFLY, rest).await;
}

/// The rest of a body, and whether any of it was read.
struct Left {
    body: Body,
    begun: bool,
}

/// A body that is handed back when it is dropped early, unless a reader was still waiting for data.
struct Lent {
    body: Body,
    giver: Option<oneshot::Sender<Left>>,
    begun: bool,
    /// A reader waits for more data.
    awaited: bool,
    ended: bool,
}

impl HttpBody for Lent {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        self.begun = true;
        let frame = Pin::new(&mut self.body).poll_frame(cx);
        self.awaited = frame.is_pending();
        self.ended = matches!(frame, Poll::Ready(None | Some(Err(_))));
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        // A reader that gave up waiting has waited long enough.
        if self.ended || self.awaited || self.body.is_end_stream() {
            return;
        }
        if let Some(giver) = self.giver.take() {
            let body = std::mem::take(&mut self.body);
            let _answered_without = giver.send(Left { body, begun: self.begun });
        }
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use axum::Router;
    use axum::middleware::from_fn;
    use axum::routing::post;
    use futures_util::stream;
    use http::header::HeaderName;
    use primitives::deadline::Deadline;
    use tower::ServiceExt as _;

    use super::*;

    /// A body in pieces, and the number of pieces that were read.
    fn pieces(count: usize) -> (Body, Arc<AtomicUsize>) {
        let read = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&read);
        let piece = move |_| {
            counted.fetch_add(1, Ordering::Relaxed);
            Ok::<_, Infallible>(Bytes::from_static(&[0; 1024]))
        };
        (Body::from_stream(stream::iter((0..count).map(piece))), read)
    }

    /// Sends a body to a handler that reads the first `wanted` pieces; returns the response time.
    async fn answered(body: Body, wanted: usize, expect: bool) -> Duration {
        let handler = async move |mut body: Body| {
            for _ in 0..wanted {
                assert!(body.frame().await.is_some());
            }
        };
        let router = Router::new().route("/", post(handler)).layer(from_fn(drain));
        let mut request = Request::post("/").body(body).unwrap();
        if expect {
            request.headers_mut().insert(HeaderName::from_static("expect"), "100-continue".parse().unwrap());
        }
        let long = Duration::from_mins(1);
        let watch = Deadline::after(long);
        assert_eq!(router.oneshot(request).await.unwrap().status(), 200);
        long.saturating_sub(watch.remaining())
    }

    #[tokio::test(start_paused = true)]
    async fn what_nobody_wanted_is_read_before_the_answer() {
        for wanted in [0, 2, 5] {
            let (body, read) = pieces(5);
            answered(body, wanted, false).await;
            assert_eq!(read.load(Ordering::Relaxed), 5, "{wanted}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn an_upload_of_ten_megabytes_is_read_before_its_refusal() {
        let (body, read) = pieces(10_000);
        answered(body, 0, false).await;
        assert_eq!(read.load(Ordering::Relaxed), 10_000);
    }

    #[tokio::test(start_paused = true)]
    async fn no_more_is_read_than_a_refusal_is_worth() {
        let (body, read) = pieces(100_000);
        answered(body, 0, false).await;
        assert_eq!(read.load(Ordering::Relaxed), MOST / 1024 + 1);
        let silent = || Body::from_stream(stream::pending::<Result<Bytes, Infallible>>());
        assert_eq!(answered(silent(), 0, false).await, BRIEFLY);
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_was_waited_for_in_vain_is_not_waited_for_again() {
        let patience = Duration::from_secs(10);
        let handler = async move |mut body: Body| {
            assert!(tokio::time::timeout(patience, body.frame()).await.is_err());
        };
        let router = Router::new().route("/", post(handler)).layer(from_fn(drain));
        let silent = Body::from_stream(stream::pending::<Result<Bytes, Infallible>>());
        let watch = Deadline::after(2 * patience);
        assert_eq!(router.oneshot(Request::post("/").body(silent).unwrap()).await.unwrap().status(), 200);
        assert_eq!(watch.remaining(), patience);
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_without_a_body_is_answered_at_once() {
        assert_eq!(answered(Body::empty(), 0, false).await, Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn an_upload_that_waits_for_leave_is_not_invited() {
        let (body, read) = pieces(5);
        answered(body, 0, true).await;
        assert_eq!(read.load(Ordering::Relaxed), 0);
        // The handler has asked for it by reading.
        let (body, read) = pieces(5);
        answered(body, 1, true).await;
        assert_eq!(read.load(Ordering::Relaxed), 5);
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_is_announced_too_large_is_not_begun() {
        struct Announced;
        impl HttpBody for Announced {
            type Data = Bytes;
            type Error = Infallible;

            fn poll_frame(
                self: Pin<&mut Self>,
                _: &mut Context<'_>,
            ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
                panic!("it was read");
            }

            fn size_hint(&self) -> SizeHint {
                SizeHint::with_exact(4_000_000_000)
            }
        }
        assert_eq!(answered(Body::new(Announced), 0, false).await, Duration::ZERO);
    }
}
