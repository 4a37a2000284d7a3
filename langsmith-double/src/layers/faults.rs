//! Misbehaviour in front of every route.

use std::convert::Infallible;
use std::io;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};

use crate::faults::{FaultKind, Partly, Reports};
use crate::reply;
use crate::state::App;

/// Applies the rules in front of every route.
pub(crate) async fn apply(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    let Some(kind) = app.faults.take_fault(request.method(), request.uri().path()) else {
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
