//! A proxy that records what our server asks an Agent Server for. The in-memory edition of the server neither shows the
//! lifetime of a thread nor acts on it, so the request is the proof.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::Value;
use tokio::task::JoinHandle;

/// A request.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// Method and path.
    pub line: String,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body; null if it is no JSON.
    pub body: Value,
}

/// A running proxy. It ends with this value.
pub struct Recorder {
    url: String,
    requests: Arc<Mutex<Vec<Recorded>>>,
    task: JoinHandle<()>,
}

struct Proxy {
    server: String,
    http: reqwest::Client,
    requests: Arc<Mutex<Vec<Recorded>>>,
}

impl Recorder {
    /// Starts a proxy in front of the server at `server`.
    pub async fn start(server: &str) -> Self {
        let requests = Arc::default();
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let proxy = Proxy { server: server.to_owned(), http, requests: Arc::clone(&requests) };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(forward).with_state(Arc::new(proxy));
        let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, requests, task }
    }

    /// Its address.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The requests since the last call of this function.
    pub fn take(&self) -> Vec<Recorded> {
        std::mem::take(&mut *self.requests.lock().unwrap())
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn forward(State(proxy): State<Arc<Proxy>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, 1 << 20).await.unwrap();
    proxy.requests.lock().unwrap().push(Recorded {
        line: format!("{} {}", parts.method, parts.uri),
        headers: parts.headers.clone(),
        body: serde_json::from_slice(&body).unwrap_or_default(),
    });
    let url = format!("{}{}", proxy.server, parts.uri);
    let answer =
        proxy.http.request(parts.method, url).headers(parts.headers).body(body).send().await.unwrap();
    let mut response = Response::new(Body::empty());
    *response.status_mut() = answer.status();
    *response.headers_mut() = answer.headers().clone();
    *response.body_mut() = Body::from_stream(answer.bytes_stream());
    response
}
