//! Time and size. The limits of these tests are either never reached or reached on any machine: a slow one does not
//! change the result.

use std::time::Duration;

use outbound::{Limits, MAX_HEAD, OutboundFailure};
use primitives::deadline::Deadline;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::server::{LONG, Server, ask, failure, wide};

const OPEN: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n";

/// Writes `part` until the client has gone.
async fn endless(mut stream: TcpStream, start: &[u8], part: &[u8]) {
    if stream.write_all(start).await.is_ok() {
        while stream.write_all(part).await.is_ok() {
            tokio::task::yield_now().await;
        }
    }
}

fn soon() -> Deadline {
    Deadline::after(Duration::from_millis(200))
}

#[tokio::test]
async fn a_body_that_drips_ends_at_the_deadline() {
    let server = Server::start(|stream, _| async move { endless(stream, OPEN, b"x").await }).await;
    let limits = Limits { body: usize::MAX, deadline: soon(), idle: LONG };
    assert_eq!(failure(&server.url(), limits).await, Some(OutboundFailure::Timeout));
}

#[tokio::test]
async fn a_body_that_stops_ends_when_idle() {
    let server = Server::start(|mut stream, _| async move {
        stream.write_all(OPEN).await.unwrap();
        stream.write_all(b"data: 1").await.unwrap();
        std::future::pending::<()>().await;
    })
    .await;
    let limits = Limits { idle: Duration::from_millis(20), ..wide() };
    assert_eq!(failure(&server.url(), limits).await, Some(OutboundFailure::Timeout));
}

#[tokio::test]
async fn an_answer_without_head_ends_at_the_deadline() {
    let silent = Server::start(|stream, _| async move {
        std::future::pending::<()>().await;
        drop(stream);
    })
    .await;
    // Informational answers come before the real one, as often as the server likes.
    let early =
        Server::start(|stream, _| async move { endless(stream, b"", b"HTTP/1.1 103 Hints\r\n\r\n").await })
            .await;
    for server in [silent, early] {
        let limits = Limits { deadline: soon(), ..wide() };
        assert_eq!(failure(&server.url(), limits).await, Some(OutboundFailure::Timeout));
    }
}

#[tokio::test]
async fn a_deadline_that_has_passed_is_a_timeout() {
    let server = Server::answering("HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nx").await;
    let limits = Limits { deadline: Deadline::after(Duration::ZERO), ..wide() };
    assert_eq!(failure(&server.url(), limits).await, Some(OutboundFailure::Timeout));
}

#[tokio::test]
async fn a_body_without_end_is_too_large() {
    let plain = Server::start(|stream, _| async move { endless(stream, OPEN, &[b'x'; 1000]).await }).await;
    let chunked = Server::start(|stream, _| async move {
        endless(stream, b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", b"3\r\nabc\r\n").await;
    })
    .await;
    for server in [plain, chunked] {
        let limits = Limits { body: 5000, ..wide() };
        assert_eq!(failure(&server.url(), limits).await, Some(OutboundFailure::TooLarge));
    }
}

#[tokio::test]
async fn a_body_may_be_as_large_as_the_limit_and_no_larger() {
    let server = Server::answering(b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nabcd").await;
    let open = Server::answering(b"HTTP/1.1 200 OK\r\n\r\nabcd").await;
    for server in [&server, &open] {
        assert_eq!(failure(&server.url(), Limits { body: 4, ..wide() }).await, None);
        assert_eq!(
            failure(&server.url(), Limits { body: 3, ..wide() }).await,
            Some(OutboundFailure::TooLarge)
        );
    }
    // A declared length is refused with the head.
    let head = ask(&server.url(), Limits { body: 3, ..wide() }).await;
    assert_eq!(head.err(), Some(OutboundFailure::TooLarge));
}

#[tokio::test]
async fn a_head_may_be_as_large_as_the_limit_and_no_larger() {
    // `x: …` and `content-length: 0`, each with the end of its line.
    let room = MAX_HEAD - "content-length: 0\r\n".len() - "x: \r\n".len();
    for (size, expected) in [
        (room, None),
        (room + 1, Some(OutboundFailure::TooLarge)),
        (1 << 20, Some(OutboundFailure::TooLarge)),
    ] {
        let value = "v".repeat(size);
        let server =
            Server::answering(format!("HTTP/1.1 200 OK\r\nx: {value}\r\ncontent-length: 0\r\n\r\n")).await;
        assert_eq!(failure(&server.url(), wide()).await, expected, "{size}");
    }
}

#[tokio::test]
async fn a_head_without_end_is_too_large() {
    let one =
        Server::start(
            |stream, _| async move { endless(stream, b"HTTP/1.1 200 OK\r\nx: ", &[b'v'; 1000]).await },
        )
        .await;
    let many =
        Server::start(|stream, _| async move { endless(stream, b"HTTP/1.1 200 OK\r\n", b"x: v\r\n").await })
            .await;
    for server in [one, many] {
        assert_eq!(failure(&server.url(), wide()).await, Some(OutboundFailure::TooLarge));
    }
}
