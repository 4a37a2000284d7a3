//! The record of every request, before anything else sees it.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http_body_util::BodyExt;

use crate::state::App;

/// The maximum size of a body, above which the answer is 413: `/info` promises tracing clients 20 MiB, and the framing
/// around it is small.
const MAX_BODY: usize = 24 * 1024 * 1024;
/// How many bytes of a body are recorded.
const KEPT_OF_BODY: usize = 1024 * 1024;
/// Reads the body, records the request, and forwards it.
pub(crate) async fn keep(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let Some(body) = whole(body).await else { return StatusCode::PAYLOAD_TOO_LARGE.into_response() };
    let kept = match body.get(..KEPT_OF_BODY) {
        Some(beginning) => Bytes::copy_from_slice(beginning),
        None => body.clone(),
    };
    app.log.add(&parts, kept);
    next.run(Request::from_parts(parts, Body::from(body))).await
}

/// The body, or `None` if it is too large. An oversized body is read to its end and discarded: a client that is still
/// sending would not see the refusal.
async fn whole(mut body: Body) -> Option<Bytes> {
    let (mut chunks, mut length) = (Vec::new(), 0_usize);
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.ok()?.into_data() else { continue };
        length = length.saturating_add(data.len());
        if length > MAX_BODY {
            chunks.clear();
        } else {
            chunks.push(data);
        }
    }
    match (length <= MAX_BODY, chunks.len()) {
        (false, _) => None,
        (true, 1) => chunks.pop(),
        (true, _) => Some(chunks.concat().into()),
    }
}
