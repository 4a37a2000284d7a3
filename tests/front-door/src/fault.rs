//! Faults of the services' calls.

use std::io;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use serde_json::{Value, json};

use crate::role::Call;

/// A fault of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Not carried out, and never answered.
    Silent,
    /// Not carried out, and the connection is closed.
    Closed,
    /// Carried out, but the connection is closed.
    Lost,
    /// Carried out, but the answer is truncated.
    Garbled,
    /// A batch of reads without its last table, whose keys are returned as unprocessed.
    Partial,
    /// Not carried out, and answered with this error.
    Error(&'static str),
    /// A transaction that is not carried out, for this reason.
    Canceled(&'static str),
    /// Not carried out, but answered with this as if it had been.
    Answer(&'static str),
}

/// Decides which calls fail.
pub type Faults = Arc<dyn Fn(&Call) -> Option<Fault> + Send + Sync>;

impl Fault {
    /// Whether the call is carried out.
    pub(crate) const fn is_carried_out(self) -> bool {
        matches!(self, Self::Lost | Self::Garbled | Self::Partial)
    }

    /// The faulty answer, given the answer of a call that was carried out.
    pub(crate) async fn answer(self, request: &Value, carried_out: Option<Response>) -> Response {
        match self {
            Self::Silent => std::future::pending().await,
            Self::Closed | Self::Lost => closed(),
            Self::Garbled => garbled(carried_out.expect("an answer")).await,
            Self::Partial => partial(request, carried_out.expect("an answer")).await,
            Self::Error(code) => error(code),
            Self::Canceled(reason) => canceled(reason, request),
            Self::Answer(body) => body.into_response(),
        }
    }
}

/// An answer with an error code, and the status that the services use for it.
pub(crate) fn error(code: &str) -> Response {
    (status(code), json!({ "__type": code, "message": "as told" }).to_string()).into_response()
}

fn status(code: &str) -> StatusCode {
    match code {
        "InternalServerError" | "InternalServiceError" | "KMSInternalException" | "InternalFailure" => {
            StatusCode::INTERNAL_SERVER_ERROR
        }
        "ServiceUnavailable" | "DependencyTimeoutException" => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::BAD_REQUEST,
    }
}

/// A body that fails before its first byte: the server then closes the connection without sending anything, because the
/// head is still in its buffer.
fn closed() -> Response {
    let nothing = futures_util::stream::once(async {
        Err::<Bytes, _>(io::Error::from(io::ErrorKind::ConnectionReset))
    });
    Body::from_stream(nothing).into_response()
}

async fn garbled(answer: Response) -> Response {
    let (parts, body) = answer.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.expect("an answer of ours");
    // An empty answer, `{}`, is truncated as well.
    let half = body.slice(..body.len().div_ceil(2).min(body.len().saturating_sub(1)));
    (parts.status, half).into_response()
}

/// DynamoDB returns the keys that it had no throughput for.
async fn partial(request: &Value, answer: Response) -> Response {
    let body = axum::body::to_bytes(answer.into_body(), usize::MAX).await.expect("an answer of ours");
    let mut body: Value = serde_json::from_slice(&body).expect("JSON");
    let (table, keys) =
        request["RequestItems"].as_object().and_then(|all| all.iter().next_back()).expect("a table");
    body["Responses"].as_object_mut().expect("answers by table").remove(table);
    body["UnprocessedKeys"] = json!({ table: keys });
    body.to_string().into_response()
}

/// DynamoDB returns a reason for each part of the transaction; here the first one has it.
fn canceled(reason: &str, request: &Value) -> Response {
    let parts = request["TransactItems"].as_array().expect("a transaction").len();
    let reasons = (0..parts).map(|part| if part == 0 { reason } else { "None" });
    let reasons: Vec<_> = reasons.map(|code| json!({ "Code": code })).collect();
    let body = json!({
        "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
        "Message": "Transaction cancelled",
        "CancellationReasons": reasons,
    });
    (StatusCode::BAD_REQUEST, body.to_string()).into_response()
}
