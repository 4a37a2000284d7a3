//! A substitute for DNS and the domain's certificate: a local address that leads to the domain.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::response::Response;
use http::header::{CONTENT_LENGTH, HOST, TRANSFER_ENCODING};
use reqwest::Client;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// Forwards to a domain of the emulator's API Gateway.
#[derive(Debug)]
pub(crate) struct Way {
    emulator: String,
    domain: String,
    http: Client,
}

/// Serves the domain at the listener.
pub(crate) fn serve(listener: TcpListener, emulator: &str, domain: &str) -> JoinHandle<()> {
    let http = e2e::client::http();
    let way = Way { emulator: emulator.to_owned(), domain: domain.to_owned(), http };
    let router = Router::new().fallback(pass).with_state(std::sync::Arc::new(way));
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() })
}

async fn pass(State(way): State<std::sync::Arc<Way>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let target = parts.uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
    let mut headers = parts.headers;
    for name in [CONTENT_LENGTH, TRANSFER_ENCODING] {
        headers.remove(name);
    }
    headers.insert(HOST, way.domain.parse().unwrap());
    let body = to_bytes(body, usize::MAX).await.unwrap();
    let request = way.http.request(parts.method, format!("{}{target}", way.emulator));
    let answer = request.headers(headers).body(body).send().await.expect("MiniStack answers");
    let mut response = Response::builder().status(answer.status());
    let headers = response.headers_mut().unwrap();
    headers.extend(answer.headers().clone());
    for name in [CONTENT_LENGTH, TRANSFER_ENCODING] {
        headers.remove(name);
    }
    response.body(Body::from(answer.bytes().await.unwrap())).unwrap()
}
