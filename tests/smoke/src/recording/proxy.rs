//! A reverse proxy on loopback between the server under test and LangSmith. It forwards everything unchanged and
//! records both bodies. It follows no redirect: a credential must not reach the redirect's target.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use langsmith::body::{MAX_BODY, read_bounded};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::{Answer, Asked, Asker, Recorder};
use crate::SmokeError;

/// Marks the smoke test's own requests. The proxy removes it.
pub(crate) const ASKED_BY_SMOKE: HeaderName = HeaderName::from_static("x-asked-by-smoke");

/// The maximum size of a body in either direction, in bytes: more than the server under test reads, so that the server
/// itself refuses.
const LONGEST: usize = MAX_BODY + 64 * 1024;

/// The timeout of an exchange with LangSmith, longer than the server's own.
const PATIENCE: Duration = Duration::from_secs(30);

/// Connection-specific headers (RFC 9110 section 7.6.1), and those derived from the body.
const PER_CONNECTION: [HeaderName; 8] = [
    header::CONNECTION,
    header::CONTENT_LENGTH,
    header::HOST,
    header::PROXY_AUTHENTICATE,
    header::PROXY_AUTHORIZATION,
    header::TE,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];

/// A running proxy. Dropping it ends it.
pub(crate) struct RecordingProxy {
    way: Arc<Way>,
    url: String,
    server: JoinHandle<()>,
}

struct Way {
    /// Scheme, host and port of LangSmith.
    origin: String,
    http: reqwest::Client,
    recorder: Arc<Recorder>,
    withholds_first: AtomicBool,
}

impl RecordingProxy {
    /// Starts a proxy in front of the LangSmith at `origin`.
    pub(crate) async fn start(
        origin: &str,
        http: reqwest::Client,
        recorder: Arc<Recorder>,
    ) -> Result<Self, SmokeError> {
        let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await;
        let listener = listener.map_err(SmokeError::Listen)?;
        let url = format!("http://{}", listener.local_addr().map_err(SmokeError::Listen)?);
        let origin = origin.to_owned();
        let way = Arc::new(Way { origin, http, recorder, withholds_first: AtomicBool::new(false) });
        let router = Router::new().fallback(pass).with_state(Arc::clone(&way));
        let server = tokio::spawn(async move {
            // `serve` never returns an error.
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self { way, url, server })
    }

    /// Its own scheme, host and port.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Sets whether the first API for queries of runs is withheld from the server under test, so that it must use the
    /// second.
    pub(crate) fn withhold_first(&self, withholds: bool) {
        self.way.withholds_first.store(withholds, Ordering::SeqCst);
    }
}

impl Drop for RecordingProxy {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn pass(State(way): State<Arc<Way>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, LONGEST).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let by_smoke = parts.headers.contains_key(&ASKED_BY_SMOKE);
    let asked = Asked {
        asker: if by_smoke { Asker::Smoke } else { Asker::Product },
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        request: body.clone(),
    };
    if way.withholds_first.load(Ordering::SeqCst) && !by_smoke && asked.path.ends_with("/api/v1/runs/query") {
        way.recorder.keep(asked, Answer::Withheld);
        return (StatusCode::NOT_IMPLEMENTED, axum::Json(serde_json::json!({"detail": "Withheld"})))
            .into_response();
    }
    match way.ask(&parts, body).await {
        Ok((status, headers, body)) => {
            let media_type = media_type(&headers);
            way.recorder
                .keep(asked, Answer::Received { status: status.as_u16(), media_type, body: body.clone() });
            (status, headers, Body::from(body)).into_response()
        }
        Err(why) => {
            way.recorder.keep(asked, Answer::None(why));
            StatusCode::BAD_GATEWAY.into_response()
        }
    }
}

impl Way {
    async fn ask(&self, parts: &Parts, body: Bytes) -> Result<(StatusCode, HeaderMap, Bytes), &'static str> {
        let place = parts.uri.path_and_query().map_or("/", |place| place.as_str());
        let request = self.http.request(parts.method.clone(), format!("{}{place}", self.origin));
        let request = request.headers(passed_on(&parts.headers)).body(body).timeout(PATIENCE);
        let answer = request.send().await.map_err(|error| why(&error))?;
        let (status, headers) = (answer.status(), passed_on(answer.headers()));
        let body = read_bounded(answer, LONGEST).await.map_err(|_| "the answer broke off or is too large")?;
        Ok((status, headers, body))
    }
}

fn why(error: &reqwest::Error) -> &'static str {
    if error.is_timeout() {
        "no answer in time"
    } else if error.is_connect() {
        "no connection"
    } else {
        "the connection broke"
    }
}

fn passed_on(headers: &HeaderMap) -> HeaderMap {
    let mut headers = headers.clone();
    for name in PER_CONNECTION.iter().chain([&ASKED_BY_SMOKE, &header::SET_COOKIE]) {
        headers.remove(name);
    }
    headers
}

/// The media type without its parameters; empty if it is missing or has unusual characters.
fn media_type(headers: &HeaderMap) -> String {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media_type = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let usual = |character: char| character.is_ascii_lowercase() || "/+-.".contains(character);
    if media_type.chars().all(usual) { media_type } else { String::new() }
}
