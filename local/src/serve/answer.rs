//! The body of an answer, during which it is the server's turn on the connection.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::body::{Body, Bytes};
use http_body::{Body as HttpBody, Frame, SizeHint};

use super::timeouts::Answering;

/// A body that ends the server's turn with its last byte. An event stream can last a quarter of an hour, in which its
/// client has nothing to send.
pub(super) struct InTurn {
    body: Body,
    turn: Option<Answering>,
}

impl InTurn {
    pub(super) fn new(body: Body, turn: Answering) -> Self {
        Self { body, turn: Some(turn) }
    }
}

impl HttpBody for InTurn {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
        if frame.is_none() {
            self.turn = None;
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
