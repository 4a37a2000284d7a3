//! Links our log lines to their invocation, and so to the trace and to Lambda's own lines.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use lambda_http::Context;
use tracing::Instrument as _;

/// Middleware: a span with the invocation's id.
pub(super) async fn span(request: Request, next: Next) -> Response {
    let id = request.extensions().get::<Context>().map(|context| context.request_id.clone());
    let span = tracing::info_span!("invocation", id = id.unwrap_or_default());
    next.run(request).instrument(span).await
}
