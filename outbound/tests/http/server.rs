//! A server that writes the bytes of a test, and the client that asks it.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http::Method;
use outbound::{
    GuardPolicy, GuardedClient, GuardedRequest, GuardedResponse, GuardedUrl, Limits, OutboundFailure,
    Resolution, Resolver, SystemResolver,
};
use primitives::deadline::Deadline;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// Longer than any test takes: what ends a test is not this.
pub(crate) const LONG: Duration = Duration::from_mins(10);

/// A listener on a free port. It counts connections, and ends with the test.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    connections: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl Server {
    /// A server that treats each connection with `script`, once its request's head has arrived.
    pub(crate) async fn start<F>(script: impl Fn(TcpStream, String) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, connections) = (listener.local_addr().unwrap(), Arc::new(AtomicUsize::new(0)));
        let (counted, script) = (Arc::clone(&connections), Arc::new(script));
        let task = tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                counted.fetch_add(1, Ordering::SeqCst);
                let script = Arc::clone(&script);
                tokio::spawn(async move {
                    let head = head(&mut stream).await;
                    script(stream, head).await;
                });
            }
        });
        Self { address, connections, task }
    }

    /// A server that answers every connection with `answer` and closes it.
    pub(crate) async fn answering(answer: impl Into<Vec<u8>>) -> Self {
        let answer = Arc::new(answer.into());
        Self::start(move |mut stream, _| {
            let answer = Arc::clone(&answer);
            async move {
                // A client that has seen enough closes first.
                let _ = stream.write_all(&answer).await;
            }
        })
        .await
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/mcp", self.address)
    }

    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn head(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => break,
        }
    }
    String::from_utf8(head).unwrap()
}

/// A resolver that gives each answer once, the last one again and again.
pub(crate) struct Answers {
    left: Mutex<Vec<Vec<IpAddr>>>,
    asked: AtomicUsize,
}

impl Answers {
    pub(crate) fn new(answers: &[&[&str]]) -> Arc<Self> {
        let parsed = |answer: &&[&str]| answer.iter().map(|text| text.parse().unwrap()).collect();
        let left = answers.iter().rev().map(parsed).collect();
        Arc::new(Self { left: Mutex::new(left), asked: AtomicUsize::new(0) })
    }

    pub(crate) fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

impl Resolver for Answers {
    fn resolve(&self, _: &str) -> Resolution {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let mut left = self.left.lock().unwrap();
        let answer = if left.len() > 1 { left.pop() } else { left.last().cloned() };
        Box::pin(async move { answer.ok_or_else(|| io::Error::from(io::ErrorKind::NotFound)) })
    }
}

pub(crate) fn client(policy: GuardPolicy) -> GuardedClient {
    resolving(policy, Arc::new(SystemResolver))
}

pub(crate) fn resolving(policy: GuardPolicy, resolver: Arc<impl Resolver>) -> GuardedClient {
    let resolver: Arc<dyn Resolver> = resolver;
    GuardedClient::new(policy, &resolver).unwrap()
}

pub(crate) fn get(url: &str) -> GuardedRequest {
    GuardedRequest::new(Method::GET, &GuardedUrl::parse(url, GuardPolicy::PrivateAllowed).unwrap())
}

/// Limits that a test does not reach.
pub(crate) fn wide() -> Limits {
    Limits { body: 1 << 20, deadline: Deadline::after(LONG), idle: LONG }
}

/// The answer to a GET, with these limits.
pub(crate) async fn ask(url: &str, limits: Limits) -> Result<GuardedResponse, OutboundFailure> {
    client(GuardPolicy::PrivateAllowed).send(get(url), limits).await
}

/// Why a GET fails, in its head or in its body.
pub(crate) async fn failure(url: &str, limits: Limits) -> Option<OutboundFailure> {
    match ask(url, limits).await {
        Ok(answer) => answer.whole().await.err(),
        Err(failure) => Some(failure),
    }
}
