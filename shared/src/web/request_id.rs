//! A request id on every response, every error page and every log line.

use std::fmt;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::HeaderValue;
use http::header::HeaderName;
use tracing::Instrument as _;

use primitives::random::{self, SharedRandom};

/// The response header with the request id.
pub const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// The id of one request, ours and never the caller's, since it is logged.
#[derive(Clone, Debug)]
pub struct RequestId(String);

impl RequestId {
    /// A fresh id.
    pub fn generate(random: &SharedRandom) -> Self {
        Self(random::token::<9>(random.as_ref()))
    }

    /// The id's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Middleware: generates the id, passes it to the handler as an extension, opens the log span and logs the response.
/// The path is logged without its query, which may contain a code or a state.
pub async fn assign(State(random): State<SharedRandom>, mut request: Request, next: Next) -> Response {
    let id = RequestId::generate(&random);
    let span =
        tracing::info_span!("request", id = %id, method = %request.method(), path = %request.uri().path());
    request.extensions_mut().insert(id.clone());
    async move {
        let mut response = next.run(request).await;
        tracing::info!(status = response.status().as_u16(), "answered");
        if let Ok(value) = HeaderValue::try_from(id.as_str()) {
            response.headers_mut().insert(HEADER, value);
        }
        response
    }
    .instrument(span)
    .await
}
