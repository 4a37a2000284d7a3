//! A server that records what it is asked and answers as a test says, and the client that asks it.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use http::HeaderMap;
use mcp_client::{ListFailure, ServerAddress, ToolList, list_tools};
use outbound::{GuardPolicy, GuardedClient, GuardedUrl, Resolver, SystemResolver};
use primitives::deadline::Deadline;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::answer::{Answer, Part};

/// Longer than any test takes: what ends a test is not this.
pub(crate) const LONG: Duration = Duration::from_mins(10);

/// A request.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Vec<u8>,
}

impl Asked {
    /// Its message; null if it has no body.
    pub(crate) fn message(&self) -> Value {
        if self.body.is_empty() { Value::Null } else { serde_json::from_slice(&self.body).unwrap() }
    }

    /// The JSON-RPC method of its message, or else that of HTTP.
    pub(crate) fn what(&self) -> String {
        self.message()["method"].as_str().unwrap_or(&self.method).to_owned()
    }

    /// A header, empty if it is not there.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }
}

/// A listener on a free port, which ends with the test.
pub(crate) struct Server {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<Asked>>>,
    task: JoinHandle<()>,
}

impl Server {
    /// A server that answers each request with what `script` says. It is also told how many requests came before.
    pub(crate) async fn start(script: impl Fn(&Asked, usize) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, asked) = (listener.local_addr().unwrap(), Arc::new(Mutex::new(Vec::new())));
        let (recorded, script) = (Arc::clone(&asked), Arc::new(script));
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (recorded, script) = (Arc::clone(&recorded), Arc::clone(&script));
                tokio::spawn(async move {
                    let mut stream = BufReader::new(stream);
                    let Some(request) = request(&mut stream).await else { return };
                    let answer = {
                        let mut recorded = recorded.lock().unwrap();
                        recorded.push(request.clone());
                        script(&request, recorded.len() - 1)
                    };
                    // A client that has seen enough closes first.
                    let _ = write(stream.get_mut(), answer).await;
                });
            }
        });
        Self { address, asked, task }
    }

    /// A server that answers every request alike.
    pub(crate) async fn always(answer: Answer) -> Self {
        Self::start(move |_, _| answer.clone()).await
    }

    /// A server that gives these answers one after another, and then none that can be used.
    pub(crate) async fn in_turn(answers: Vec<Answer>) -> Self {
        Self::start(move |_, before| answers.get(before).cloned().unwrap_or_else(|| Answer::status(500)))
            .await
    }

    pub(crate) fn url(&self, path: &str) -> GuardedUrl {
        GuardedUrl::parse(&format!("http://{}{path}", self.address), GuardPolicy::PrivateAllowed).unwrap()
    }

    /// What it was asked so far.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// The methods that it was asked for so far.
    pub(crate) fn whats(&self) -> Vec<String> {
        self.asked().iter().map(Asked::what).collect()
    }

    /// Its tools.
    pub(crate) async fn list(&self) -> Result<ToolList, ListFailure> {
        let address = ServerAddress { url: self.url("/mcp"), headers: HeaderMap::new() };
        list_tools(&client(), &address, Deadline::after(LONG)).await
    }

    /// The names of its tools.
    pub(crate) async fn names(&self) -> Result<Vec<String>, ListFailure> {
        self.list().await.map(names)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

pub(crate) fn names(list: ToolList) -> Vec<String> {
    list.tools.into_iter().map(|tool| tool.name).collect()
}

/// One for all tests: to read the root certificates takes longer than most of them. The server closes each connection, so
/// that none goes from one test's runtime to another's.
static CLIENT: LazyLock<GuardedClient> = LazyLock::new(|| {
    let resolver: Arc<dyn Resolver> = Arc::new(SystemResolver);
    GuardedClient::new(GuardPolicy::PrivateAllowed, &resolver).unwrap()
});

/// The client itself.
pub(crate) fn client() -> GuardedClient {
    CLIENT.clone()
}

/// The request on a connection; none if the client closes it first.
async fn request(stream: &mut BufReader<TcpStream>) -> Option<Asked> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    let head = String::from_utf8(head).unwrap();
    let mut lines = head.lines();
    let mut first = lines.next()?.split(' ').map(str::to_owned);
    let (method, target) = (first.next()?, first.next()?);
    let headers: BTreeMap<_, _> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let length = headers.get("content-length").map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    Some(Asked { method, target, headers, body })
}

async fn write(stream: &mut TcpStream, answer: Answer) -> std::io::Result<()> {
    if !answer.is_raw {
        stream.write_all(answer.head().as_bytes()).await?;
    }
    for part in answer.parts {
        match part {
            Part::Raw(bytes) => stream.write_all(&bytes).await?,
            Part::Chunk(bytes) => {
                let framed = [format!("{:x}\r\n", bytes.len()).as_bytes(), &bytes, b"\r\n"].concat();
                stream.write_all(&framed).await?;
            }
            Part::Jump => tokio::time::pause(),
            Part::Hold => std::future::pending::<()>().await,
            Part::Slow => {
                tokio::time::pause();
                tokio::time::sleep(Duration::from_secs(1)).await;
                tokio::time::resume();
                stream.write_all(b" ").await?;
            }
            Part::Drip(bytes) => loop {
                stream.write_all(&bytes).await?;
                tokio::time::sleep(Duration::from_secs(1)).await;
            },
            Part::Endless(bytes) => loop {
                stream.write_all(&bytes).await?;
                tokio::task::yield_now().await;
            },
        }
    }
    stream.shutdown().await
}
