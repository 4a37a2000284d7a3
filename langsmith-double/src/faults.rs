//! Faults on demand: the ways in which an upstream misbehaves. Public report: 429 comes without `Retry-After`
//! (`langchain-ai/langsmith-sdk` issue 2032). Faults observed on LangSmith itself name their source below; the others
//! happen to any server.

use std::convert::Infallible;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};

use crate::reply;
use crate::state::{App, lock};

/// A fault rule: which requests misbehave, how, and how often.
#[derive(Debug, Clone)]
pub struct Fault {
    /// The method; `None` means every method.
    pub method: Option<Method>,
    /// Part of the path, for example `/runs/query`; empty means every path.
    pub path_contains: String,
    /// How such a request misbehaves.
    pub kind: FaultKind,
    /// How many requests it hits; `None` means until [`crate::Handle::clear_faults`].
    pub times: Option<u32>,
}

/// How a request misbehaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// Answered with this status and an error body in the platform's style.
    Status(u16),
    /// Answered 429, with `Retry-After` if given.
    RateLimited {
        /// The seconds in `Retry-After`.
        retry_after_secs: Option<u64>,
    },
    /// Answered properly, but after this delay.
    Slow(Duration),
    /// Never answered; ends when the client goes away or the double stops.
    Hang,
    /// The connection is closed without an answer; the request is not carried out.
    Drop,
    /// The request is carried out, then the connection is closed without an answer.
    AnswerLost,
    /// Of a batch of examples or runs, the new ones are stored; the answer is 409 all the same, and names the existing
    /// ones.
    PartlyStored,
    /// A batch of runs is accepted, and the answer reports errors for every second run, as LangChain's
    /// `langsmith-data-migration-tool` expects. Assumed: their form.
    Reports {
        /// Whether those runs are not stored.
        left_out: bool,
    },
    /// Answered 200 with truncated JSON.
    Malformed,
    /// Answered 200 with a valid JSON body of at least this many bytes, streamed without a `Content-Length`.
    Oversized(u64),
    /// Answered 200 with an HTML page, as by a proxy in between.
    Html,
    /// Answered 403 with an HTML page, as by a firewall in between. Public report: LangChain's
    /// `langsmith-data-migration-tool`, version 0.0.83.
    Blocked,
}

/// Request extension for [`FaultKind::PartlyStored`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct Partly;

/// Request extension for [`FaultKind::Reports`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reports {
    pub(crate) left_out: bool,
}

/// The rules in force; the first match wins.
#[derive(Default)]
pub(crate) struct Faults(Mutex<Vec<Fault>>);

impl Faults {
    pub(crate) fn add(&self, fault: Fault) {
        lock(&self.0).push(fault);
    }

    pub(crate) fn clear(&self) {
        lock(&self.0).clear();
    }

    /// The fault for this request; removes a rule that is used up.
    fn take(&self, method: &Method, path: &str) -> Option<FaultKind> {
        let mut rules = lock(&self.0);
        let hits = |rule: &Fault| {
            rule.times != Some(0)
                && rule.method.as_ref().is_none_or(|wanted| wanted == method)
                && path.contains(&rule.path_contains)
        };
        let rule = rules.iter_mut().find(|rule| hits(rule))?;
        rule.times = rule.times.map(|times| times - 1);
        let kind = rule.kind;
        rules.retain(|rule| rule.times != Some(0));
        Some(kind)
    }
}

/// Applies the rules in front of every route.
pub(crate) async fn apply(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    let Some(kind) = app.faults.take(request.method(), request.uri().path()) else {
        return next.run(request).await;
    };
    let oauth = request.uri().path().starts_with("/oauth/");
    match kind {
        FaultKind::Slow(delay) => tokio::select! {
            () = tokio::time::sleep(delay) => next.run(request).await,
            () = app.stopped() => dropped(),
        },
        FaultKind::Hang => {
            app.stopped().await;
            dropped()
        }
        FaultKind::Drop => dropped(),
        FaultKind::AnswerLost => {
            next.run(request).await;
            dropped()
        }
        FaultKind::PartlyStored => {
            request.extensions_mut().insert(Partly);
            let response = next.run(request).await;
            if response.status().is_success() { refusal(StatusCode::CONFLICT, oauth) } else { response }
        }
        FaultKind::Reports { left_out } => {
            request.extensions_mut().insert(Reports { left_out });
            next.run(request).await
        }
        FaultKind::Status(status) => {
            refusal(StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY), oauth)
        }
        FaultKind::RateLimited { retry_after_secs } => rate_limited(retry_after_secs, oauth),
        FaultKind::Malformed => reply::raw("{\"runs\": [{\"id\": \"".to_owned()),
        FaultKind::Oversized(bytes) => oversized(bytes),
        FaultKind::Html => html("<!doctype html><title>Welcome</title><p>Please sign in to the network.</p>"),
        FaultKind::Blocked => {
            let page = "<html><head><title>403 Forbidden</title></head><body>Request blocked.</body></html>";
            (StatusCode::FORBIDDEN, html(page)).into_response()
        }
    }
}

fn html(page: &'static str) -> Response {
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], page).into_response()
}

/// A body that fails before its first byte: the server then closes the connection with nothing sent, because the
/// response head is still in its buffer.
fn dropped() -> Response {
    Body::from_stream(stream::once(async {
        Err::<Bytes, _>(io::Error::from(io::ErrorKind::ConnectionReset))
    }))
    .into_response()
}

fn refusal(status: StatusCode, oauth: bool) -> Response {
    let detail = match status.as_u16() {
        401 => "Invalid token",
        403 => "Forbidden",
        404 => "Not found",
        409 => "Conflict",
        429 => "Rate limit exceeded",
        500.. => "Internal server error",
        _ => "Bad request",
    };
    let code = match status.as_u16() {
        500.. => "server_error",
        401 => "invalid_client",
        429 => "temporarily_unavailable",
        _ => "invalid_request",
    };
    let oauth_body = || json!({"error": code, "error_description": detail});
    reply::value(status, &if oauth { oauth_body() } else { json!({ "detail": detail }) as Value })
}

fn rate_limited(retry_after_secs: Option<u64>, oauth: bool) -> Response {
    let mut response = refusal(StatusCode::TOO_MANY_REQUESTS, oauth);
    if let Some(seconds) = retry_after_secs {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// Whitespace before an empty array: valid JSON that only a size limit of the reader refuses.
fn oversized(bytes: u64) -> Response {
    const CHUNK: u64 = 64 * 1024;
    let chunk = Bytes::from(vec![b' '; 64 * 1024]);
    let spaces = stream::iter(0..bytes.div_ceil(CHUNK)).map(move |_| Ok::<_, Infallible>(chunk.clone()));
    let body = spaces.chain(stream::once(async { Ok(Bytes::from_static(b"[]")) }));
    ([(header::CONTENT_TYPE, "application/json")], Body::from_stream(body)).into_response()
}
