//! The timeouts of a connection.

use std::io::{self, ErrorKind};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

/// The maximum waiting times for a client.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// From the first byte of a request to the end of its head.
    pub head: Duration,
    /// Without a byte of a request. Longer than the idle timeout of proxies and clients, so that they close the
    /// connection and never send into one that we are closing.
    pub idle: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { head: Duration::from_secs(30), idle: Duration::from_mins(2) }
    }
}

/// Whose turn it is on a connection: the client's while the count is even, the server's while it is odd.
#[derive(Clone, Debug, Default)]
pub(super) struct Turns(Arc<AtomicU64>);

impl Turns {
    /// Begins the server's turn, which lasts until the value is dropped.
    pub(super) fn answering(&self) -> Answering {
        self.0.fetch_add(1, Ordering::Relaxed);
        Answering(self.clone())
    }

    fn count(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// A request that is being answered.
pub(super) struct Answering(Turns);

impl Drop for Answering {
    fn drop(&mut self) {
        self.0.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// A connection that fails when the client takes too long over a request's head, sends nothing at all, or reads nothing
/// of the responses: a client that sends many requests and reads no response would otherwise never be idle. Body
/// timeouts are up to the reader of the body.
pub(super) struct TimedStream<S> {
    stream: S,
    limits: Limits,
    turns: Turns,
    turn: u64,
    begun: bool,
    wait: Option<Pin<Box<Sleep>>>,
    /// Runs while the client reads nothing of our output, whoever's turn it is.
    stuck: Option<Pin<Box<Sleep>>>,
}

impl<S> TimedStream<S> {
    pub(super) fn new(stream: S, limits: Limits, turns: Turns) -> Self {
        Self { stream, limits, turns, turn: 0, begun: false, wait: None, stuck: None }
    }

    /// Restarts the wait after each response.
    fn follow(&mut self) {
        let turn = self.turns.count();
        if turn != self.turn {
            (self.turn, self.begun, self.wait) = (turn, false, None);
        }
    }

    fn poll_read_timeout(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.turn % 2 == 1 {
            return Poll::Pending;
        }
        let limit = if self.begun { self.limits.head } else { self.limits.idle };
        ready!(self.wait.get_or_insert_with(|| Box::pin(sleep(limit))).as_mut().poll(cx));
        Poll::Ready(Err(ErrorKind::TimedOut.into()))
    }

    /// Passes on the result of a write, unless the client has read nothing for too long.
    fn poll_write_timeout<T>(
        &mut self,
        cx: &mut Context<'_>,
        taken: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if taken.is_ready() {
            self.stuck = None;
            return taken;
        }
        let limit = self.limits.idle;
        ready!(self.stuck.get_or_insert_with(|| Box::pin(sleep(limit))).as_mut().poll(cx));
        Poll::Ready(Err(ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for TimedStream<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.follow();
        match Pin::new(&mut self.stream).poll_read(cx, buffer) {
            Poll::Ready(read) => {
                if !self.begun {
                    (self.begun, self.wait) = (true, None);
                }
                Poll::Ready(read)
            }
            Poll::Pending => self.poll_read_timeout(cx),
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for TimedStream<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let taken = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.poll_write_timeout(cx, taken)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let taken = Pin::new(&mut self.stream).poll_write_vectored(cx, slices);
        self.poll_write_timeout(cx, taken)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let taken = Pin::new(&mut self.stream).poll_flush(cx);
        self.poll_write_timeout(cx, taken)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let taken = Pin::new(&mut self.stream).poll_shutdown(cx);
        self.poll_write_timeout(cx, taken)
    }
}

#[cfg(test)]
mod tests {
    use primitives::deadline::Deadline;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex};

    use super::*;

    const LONG: Duration = Duration::from_hours(1);

    fn connection() -> (DuplexStream, TimedStream<DuplexStream>, Turns) {
        let (client, server) = duplex(1024);
        let turns = Turns::default();
        (client, TimedStream::new(server, Limits::default(), turns.clone()), turns)
    }

    /// How long the server waits until its read fails.
    async fn patience(server: &mut TimedStream<DuplexStream>) -> Duration {
        let watch = Deadline::after(LONG);
        let mut bytes = Vec::new();
        assert_eq!(server.read_to_end(&mut bytes).await.unwrap_err().kind(), ErrorKind::TimedOut);
        LONG.saturating_sub(watch.remaining())
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_sends_nothing_is_left_after_two_minutes() {
        let (_client, mut server, _) = connection();
        assert_eq!(patience(&mut server).await, Duration::from_mins(2));
    }

    #[tokio::test(start_paused = true)]
    async fn a_head_that_trickles_has_thirty_seconds_from_its_first_byte() {
        let (mut client, mut server, _) = connection();
        tokio::spawn(async move {
            sleep(Duration::from_secs(100)).await;
            while client.write_all(b"x").await.is_ok() {
                sleep(Duration::from_secs(1)).await;
            }
        });
        assert_eq!(patience(&mut server).await, Duration::from_secs(130));
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_may_take_its_time_and_the_next_request_has_its_own() {
        let (mut client, mut server, turns) = connection();
        client.write_all(b"head").await.unwrap();
        server.read_exact(&mut [0; 4]).await.unwrap();
        let answering = turns.answering();
        // While it works, the server checks whether the client is still there.
        let looked = tokio::time::timeout(LONG, server.read_u8()).await;
        assert!(looked.is_err(), "{looked:?}");
        drop(answering);
        assert_eq!(patience(&mut server).await, Duration::from_mins(2));
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_without_a_wait_begins_a_new_turn_too() {
        let (mut client, mut server, turns) = connection();
        client.write_all(b"head").await.unwrap();
        server.read_exact(&mut [0; 4]).await.unwrap();
        drop(turns.answering());
        assert_eq!(patience(&mut server).await, Duration::from_mins(2));
    }

    /// A stream that accepts no bytes and does not close.
    struct Full;

    impl AsyncWrite for Full {
        fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, _: &[u8]) -> Poll<io::Result<usize>> {
            Poll::Pending
        }

        fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Pending
        }

        fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Pending
        }
    }

    /// How long the server waits until its write fails.
    async fn stuck(writing: impl Future<Output = io::Result<()>>) -> Duration {
        let watch = Deadline::after(LONG);
        assert_eq!(writing.await.unwrap_err().kind(), ErrorKind::TimedOut);
        LONG.saturating_sub(watch.remaining())
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_takes_no_answer_is_left_after_two_minutes_even_in_our_turn() {
        let turns = Turns::default();
        let _ours = turns.answering();
        let new = || TimedStream::new(Full, Limits::default(), turns.clone());
        let vectored = async { new().write_vectored(&[io::IoSlice::new(b"x")]).await.map(drop) };
        assert_eq!(stuck(vectored).await, Duration::from_mins(2));
        assert_eq!(stuck(new().write_all(b"x")).await, Duration::from_mins(2));
        assert_eq!(stuck(new().flush()).await, Duration::from_mins(2));
        assert_eq!(stuck(new().shutdown()).await, Duration::from_mins(2));
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_takes_an_answer_slowly_may_go_on() {
        let (mut client, mut server, _) = connection();
        tokio::spawn(async move {
            for _ in 0..3 {
                sleep(Duration::from_secs(100)).await;
                client.read_u8().await.unwrap();
            }
            sleep(LONG).await;
            drop(client);
        });
        // More than the buffer between the two holds.
        assert_eq!(stuck(server.write_all(&[0; 2048])).await, Duration::from_mins(7));
    }
}
