//! The API's access log: all requests that reached it, answered or refused.

use std::sync::{Arc, Mutex};

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;

/// All requests so far, oldest first.
#[derive(Clone, Debug, Default)]
pub(crate) struct Access(Arc<Mutex<Vec<String>>>);

impl Access {
    /// Such as `GET /authorize`.
    pub(crate) fn all(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }
}

/// Middleware that logs a request.
pub(crate) async fn note(State(access): State<Access>, request: Request, next: Next) -> Response {
    access.0.lock().unwrap().push(format!("{} {}", request.method(), request.uri().path()));
    next.run(request).await
}
