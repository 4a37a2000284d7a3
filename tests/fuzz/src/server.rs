//! The server under test, and one kept connection to it.

use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{HOST, HeaderName, HeaderValue};
use hyper::{HeaderMap, Method, Request, StatusCode};
use hyper_util::rt::TokioIo;
use langsmith_double::{Double, Options};
use local::{Environment, Running, Settings};
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio::runtime::Runtime;
use url::Url;

/// The server with its LangSmith, for the life of the process.
pub struct Server {
    runtime: Runtime,
    address: String,
    connection: Mutex<Option<SendRequest<Full<Bytes>>>>,
    /// Identifier of a client that is registered.
    pub client_id: String,
    _parts: (Double, Running, TempDir),
}

/// A complete answer.
#[derive(Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

impl Answer {
    /// A header's text; empty if absent.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

/// The redirect URI of the registered client.
pub(crate) const REDIRECT_URI: &str = "http://127.0.0.1:33418/callback";

impl Server {
    /// Starts everything.
    pub fn start() -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let parts = runtime.block_on(async {
            let double = langsmith_double::start(Options::default()).await.unwrap();
            let data = tempfile::tempdir().unwrap();
            let settings = Settings::for_tests(&double.url(), data.path());
            let running = local::start_in(settings, Environment::default()).await.unwrap();
            (double, running, data)
        });
        let url = Url::parse(parts.1.public_url()).unwrap();
        let address = format!("127.0.0.1:{}", url.port().unwrap());
        let connection = Mutex::new(None);
        let server = Self { runtime, address, connection, client_id: String::new(), _parts: parts };
        let registration = serde_json::json!({"redirect_uris": [REDIRECT_URI], "client_name": "fuzz"});
        let body = registration.to_string().into_bytes();
        let answer = server.post("/register", "application/json", &[], body).unwrap();
        let registered: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
        Self { client_id: registered["client_id"].as_str().unwrap().to_owned(), ..server }
    }

    /// Posts a body. `None` for what HTTP itself cannot carry.
    pub fn post(
        &self,
        path: &str,
        content_type: &str,
        headers: &[(&str, &[u8])],
        body: Vec<u8>,
    ) -> Option<Answer> {
        let mut all = vec![("content-type", content_type.as_bytes())];
        all.extend_from_slice(headers);
        self.send(&Method::POST, path, &all, body)
    }

    /// Gets a path. `None` for what HTTP itself cannot carry.
    pub fn get(&self, path: &str, headers: &[(&str, &[u8])]) -> Option<Answer> {
        self.send(&Method::GET, path, headers, Vec::new())
    }

    fn send(&self, method: &Method, path: &str, headers: &[(&str, &[u8])], body: Vec<u8>) -> Option<Answer> {
        let mut request =
            Request::builder().method(method).uri(path).body(Full::new(Bytes::from(body))).ok()?;
        request.headers_mut().insert(HOST, HeaderValue::from_str(&self.address).ok()?);
        for (name, value) in headers {
            let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
            request.headers_mut().append(name, HeaderValue::from_bytes(value).ok()?);
        }
        Some(self.runtime.block_on(self.exchange(request)))
    }

    /// Sends on the kept connection, or on a new one where the server has closed that.
    async fn exchange(&self, request: Request<Full<Bytes>>) -> Answer {
        let kept = self.connection.lock().unwrap_or_else(PoisonError::into_inner).take();
        let usable = match kept {
            Some(mut connection) => connection.ready().await.is_ok().then_some(connection),
            None => None,
        };
        let mut connection = match usable {
            Some(connection) => connection,
            None => self.connect().await,
        };
        let response = if let Ok(response) = connection.send_request(request.clone()).await {
            response
        } else {
            connection = self.connect().await;
            connection.send_request(request).await.unwrap()
        };
        let (head, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        *self.connection.lock().unwrap_or_else(PoisonError::into_inner) = Some(connection);
        Answer { status: head.status, headers: head.headers, body }
    }

    async fn connect(&self) -> SendRequest<Full<Bytes>> {
        let stream = TcpStream::connect(&self.address).await.unwrap();
        let (sender, connection) = handshake(TokioIo::new(stream)).await.unwrap();
        tokio::spawn(connection);
        sender
    }
}
