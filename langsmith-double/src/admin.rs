//! Control over HTTP under `/_double/…`, for tests in other languages. These requests are neither recorded nor faulted.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Json, State};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde::Deserialize;

use crate::faults::{Fault, FaultKind};
use crate::record::Recorded;
use crate::reply::ApiError;
use crate::state::App;

/// The admin routes.
pub(crate) fn router() -> Router<Arc<App>> {
    Router::new()
        .route("/_double/faults", post(inject).delete(clear_faults))
        .route("/_double/requests", get(requests).delete(clear_requests))
        .route("/_double/expire-access-tokens", post(expire_access_tokens))
}

/// The body of `POST /_double/faults`, e.g. `{"path_contains": "/runs/query", "kind": {"status": 503}, "times": 2}`.
#[derive(Deserialize)]
struct FaultBody {
    method: Option<String>,
    #[serde(default)]
    path_contains: String,
    kind: KindBody,
    times: Option<u32>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum KindBody {
    Status(u16),
    RateLimited { retry_after_secs: Option<u64> },
    SlowMillis(u64),
    Hang,
    Drop,
    AnswerLost,
    PartlyStored,
    Reports { left_out: bool },
    Malformed,
    Oversized(u64),
    Html,
    Blocked,
}

impl From<KindBody> for FaultKind {
    fn from(kind: KindBody) -> Self {
        match kind {
            KindBody::Status(status) => Self::Status(status),
            KindBody::RateLimited { retry_after_secs } => Self::RateLimited { retry_after_secs },
            KindBody::SlowMillis(millis) => Self::Slow(Duration::from_millis(millis)),
            KindBody::Hang => Self::Hang,
            KindBody::Drop => Self::Drop,
            KindBody::AnswerLost => Self::AnswerLost,
            KindBody::PartlyStored => Self::PartlyStored,
            KindBody::Reports { left_out } => Self::Reports { left_out },
            KindBody::Malformed => Self::Malformed,
            KindBody::Oversized(bytes) => Self::Oversized(bytes),
            KindBody::Html => Self::Html,
            KindBody::Blocked => Self::Blocked,
        }
    }
}

async fn inject(State(app): State<Arc<App>>, body: Result<Json<FaultBody>, JsonRejection>) -> Response {
    let fault =
        body.map_err(|error| ApiError::BadRequest(error.body_text())).and_then(|Json(body)| fault(body));
    match fault {
        Err(error) => error.into_response(),
        Ok(fault) => {
            app.faults.add(fault);
            StatusCode::NO_CONTENT.into_response()
        }
    }
}

fn fault(body: FaultBody) -> Result<Fault, ApiError> {
    let method = body.method.map(|name| Method::from_bytes(name.to_uppercase().as_bytes())).transpose();
    let method = method.map_err(|_| ApiError::BadRequest("method is not an HTTP method".to_owned()))?;
    Ok(Fault { method, path_contains: body.path_contains, kind: body.kind.into(), times: body.times })
}

async fn clear_faults(State(app): State<Arc<App>>) -> StatusCode {
    app.faults.clear();
    StatusCode::NO_CONTENT
}

async fn requests(State(app): State<Arc<App>>) -> Json<Vec<Recorded>> {
    Json(app.log.requests())
}

async fn clear_requests(State(app): State<Arc<App>>) -> StatusCode {
    app.log.clear();
    StatusCode::NO_CONTENT
}

async fn expire_access_tokens(State(app): State<Arc<App>>) -> StatusCode {
    app.tokens.expire_access();
    StatusCode::NO_CONTENT
}
