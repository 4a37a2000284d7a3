//! The body of an answer, during which it is the server's turn on the connection.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use http_body::{Body as HttpBody, Frame, SizeHint};

use super::timeouts::Answering;

/// A body with the server's turn, which ends when the body is dropped: hyper does so after its last byte. An event
/// stream can last a quarter of an hour, in which its client has nothing to send.
pub(super) struct InTurn {
    body: Body,
    _turn: Answering,
}

impl InTurn {
    pub(super) fn new(body: Body, turn: Answering) -> Self {
        Self { body, _turn: turn }
    }
}

impl HttpBody for InTurn {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
