//! A real server behind a proxy that modifies its answers. The server's URLs are the proxy's, so unmodified answers are
//! those of a healthy deployment.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::response::Response;
use axum::serve::Listener;
use http::header::{CONTENT_LENGTH, DATE, HOST, TRANSFER_ENCODING};
use http::{HeaderMap, HeaderValue, Method};
use http_body_util::BodyExt as _;
use langsmith::body::read_bounded;
use langsmith::http_client;
use local::{Running, Settings, StartError};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::NOW;

/// The request, for a change to look at.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
}

/// An answer of the server, before the change.
pub(crate) type Answer = http::Response<Bytes>;
/// A change to an answer.
pub(crate) type Change = fn(&Asked, &mut Answer);

/// The modifying proxy.
pub(crate) struct Proxy {
    pub(crate) url: String,
    change: Arc<Mutex<Change>>,
    _server: Running,
    task: JoinHandle<()>,
}

struct Way {
    http: reqwest::Client,
    server: String,
    change: Arc<Mutex<Change>>,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Proxy {
    /// A proxy without a change.
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://localhost:{}", listener.local_addr().unwrap().port());
        Self::on(listener, url).await
    }

    /// A proxy on a listener, with this URL.
    pub(crate) async fn on<L: Listener<Addr: std::fmt::Debug>>(listener: L, url: String) -> Self {
        let (server, port) = real(&url).await;
        let change: Arc<Mutex<Change>> = Arc::new(Mutex::new(|_, _| {}));
        let way = Way {
            http: http_client(None).unwrap(),
            server: format!("http://127.0.0.1:{port}"),
            change: change.clone(),
        };
        let router = Router::new().fallback(forward).with_state(Arc::new(way));
        let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, change, _server: server, task }
    }

    /// Replaces the change to answers.
    pub(crate) fn change(&self, change: Change) {
        *self.change.lock().unwrap() = change;
    }
}

/// A server with the demo's LangSmith, and its port. The port is chosen in advance, because its public URL does not
/// contain it.
async fn real(public_url: &str) -> (Running, u16) {
    for _ in 0..20 {
        let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        let mut settings = Settings::for_tests("https://langsmith.example", local::MEMORY.as_ref());
        settings.demo = true;
        settings.host = vec![free.ip()];
        settings.port = free.port();
        settings.public_url = Some(public_url.to_owned());
        match local::start(settings).await {
            Ok(running) => return (running, free.port()),
            // Another process took the port.
            Err(StartError::Listen { .. }) => {}
            Err(error) => panic!("{error}"),
        }
    }
    panic!("no free port");
}

async fn forward(State(way): State<Arc<Way>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let asked = Asked {
        method: parts.method.clone(),
        path: parts.uri.path().to_owned(),
        headers: parts.headers.clone(),
    };
    let body = body.collect().await.unwrap().to_bytes();
    let mut headers = parts.headers;
    headers.remove(HOST);
    let target = parts.uri.path_and_query().unwrap();
    let request =
        way.http.request(parts.method, format!("{}{target}", way.server)).headers(headers).body(body);
    let response = request.send().await.unwrap();
    let (status, mut headers) = (response.status(), response.headers().clone());
    for name in [CONTENT_LENGTH, TRANSFER_ENCODING] {
        headers.remove(name);
    }
    headers.insert(DATE, HeaderValue::from_static(NOW.1));
    let mut answer = Answer::new(read_bounded(response, 1 << 20).await.unwrap());
    *answer.status_mut() = status;
    *answer.headers_mut() = headers;
    let change = *way.change.lock().unwrap();
    change(&asked, &mut answer);
    answer.map(Body::from)
}

/// Changes a member of a JSON answer.
pub(crate) fn put(answer: &mut Answer, pointer: &str, value: Value) {
    let mut body: Value = serde_json::from_slice(answer.body()).unwrap();
    *body.pointer_mut(pointer).unwrap_or_else(|| panic!("no {pointer}")) = value;
    *answer.body_mut() = body.to_string().into();
}
