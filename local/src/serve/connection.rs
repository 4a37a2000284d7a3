//! Connections: accepted, served one request after another, and closed.

use std::pin::pin;

use axum::Router;
use axum::body::Body;
use axum::serve::Listener as _;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tower::ServiceExt as _;

use super::answer::InTurn;
use super::connection_limit::ConnectionLimit;
use super::timeouts::{Limits, TimedStream, Turns};

/// Everything that serving a connection needs.
#[derive(Clone)]
pub(super) struct Acceptor {
    pub(super) router: Router,
    pub(super) limits: Limits,
    pub(super) limit: ConnectionLimit,
    pub(super) end: watch::Receiver<bool>,
}

impl Acceptor {
    /// Accepts connections until shutdown is requested, and returns when the last one is closed.
    pub(super) async fn open(mut self, mut listener: TcpListener) {
        let mut connections = JoinSet::new();
        while let Some(stream) = self.next(&mut listener, &mut connections).await {
            let limit = self.limit.clone();
            let place = tokio::select! {
                place = limit.acquire() => place,
                () = ended(&mut self.end) => break,
            };
            let acceptor = self.clone();
            connections.spawn(async move {
                acceptor.serve(stream).await;
                drop(place);
            });
        }
        drop(listener);
        while connections.join_next().await.is_some() {}
    }

    async fn next(&mut self, listener: &mut TcpListener, connections: &mut JoinSet<()>) -> Option<TcpStream> {
        loop {
            tokio::select! {
                (stream, _) = listener.accept() => return Some(stream),
                Some(_closed) = connections.join_next() => {}
                () = ended(&mut self.end) => return None,
            }
        }
    }

    /// HTTP/1.1 only: no endpoint here gains from HTTP/2, whose streams would need limits of their own.
    async fn serve(mut self, stream: TcpStream) {
        // Responses are small and should be sent immediately.
        let _best_effort = stream.set_nodelay(true);
        let turns = Turns::default();
        let stream = TokioIo::new(TimedStream::new(stream, self.limits, turns.clone()));
        let router = self.router.clone();
        let service = service_fn(move |request: http::Request<Incoming>| {
            let (router, turn) = (router.clone(), turns.answering());
            async move {
                let answer = router.oneshot(request.map(Body::new)).await;
                answer.map(|answer| answer.map(|body| InTurn::new(body, turn)))
            }
        });
        // Our own timeouts are shorter. Hyper needs one all the same: without it, hyper does not read after a response,
        // and our timer runs only during reads.
        let longest = self.limits.head + self.limits.idle;
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new()).header_read_timeout(longest);
        let mut connection = pin!(http.serve_connection(stream, service));
        let outcome = tokio::select! {
            outcome = connection.as_mut() => outcome,
            () = ended(&mut self.end) => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        };
        if let Err(error) = outcome {
            tracing::debug!(%error, "a connection broke");
        }
    }
}

/// Resolves when shutdown is requested, or when the sender is gone.
async fn ended(end: &mut watch::Receiver<bool>) {
    let _sender_gone = end.wait_for(|end| *end).await;
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::time::Duration;

    use axum::routing::get;
    use futures_util::stream;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::time::sleep;

    use super::*;

    /// The events of a slow stream, and the time between two of them, which is within the limit for idle connections.
    const EVENTS: usize = 15;
    const GAP: Duration = Duration::from_mins(1);

    fn events() -> Body {
        let event = async |number: usize| {
            sleep(GAP).await;
            (number < EVENTS).then(|| (Ok::<_, Infallible>("event\n"), number + 1))
        };
        Body::from_stream(stream::unfold(0, event))
    }

    #[tokio::test(start_paused = true)]
    async fn a_stream_may_last_while_its_client_sends_nothing() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (ending, end) = watch::channel(false);
        let acceptor = Acceptor {
            router: Router::new().route("/", get(async || events())),
            limits: Limits::default(),
            limit: ConnectionLimit::new(8),
            end,
        };
        let open = tokio::spawn(acceptor.open(listener));
        let mut client = TcpStream::connect(address).await.unwrap();
        client.write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
        let mut text = String::new();
        // Then it is the client's turn, and the idle connection is closed.
        let _reset = client.read_to_string(&mut text).await;
        assert_eq!(text.matches("event").count(), EVENTS, "{text}");
        assert!(text.ends_with("\r\n0\r\n\r\n"), "{text}");
        drop(ending);
        open.await.unwrap();
    }
}
