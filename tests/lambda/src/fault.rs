//! How calls fail.

use std::io;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use serde_json::{Value, json};

use crate::role::Call;

/// How a call fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is not carried out, and never answered.
    Silent,
    /// It is not carried out, and the connection is closed.
    Closed,
    /// It is carried out, and the connection is closed.
    Lost,
    /// It is carried out, and the answer ends in the middle.
    Garbled,
    /// It is not carried out, and answered with this error.
    Error(&'static str),
    /// A transaction that is not carried out, for this reason.
    Canceled(&'static str),
    /// It is not carried out, and answered with this as if it had been.
    Answer(&'static str),
}

/// Decides which calls fail.
pub type Faults = Arc<dyn Fn(&Call) -> Option<Fault> + Send + Sync>;

impl Fault {
    /// Whether the call does what it should.
    pub(crate) const fn is_carried_out(self) -> bool {
        matches!(self, Self::Lost | Self::Garbled)
    }

    /// What is answered, given the answer of a call that was carried out.
    pub(crate) async fn answer(self, request: &Value, carried_out: Option<Response>) -> Response {
        match self {
            Self::Silent => std::future::pending().await,
            Self::Closed | Self::Lost => closed(),
            Self::Garbled => garbled(carried_out.expect("an answer")).await,
            Self::Error(code) => error(code),
            Self::Canceled(reason) => canceled(reason, request),
            Self::Answer(body) => body.into_response(),
        }
    }
}

/// An answer with an error's code, under the status that the services give it.
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

/// A body that fails before its first byte: the server then closes the connection with nothing sent, because the head
/// still waits in its buffer.
fn closed() -> Response {
    let nothing = futures_util::stream::once(async {
        Err::<Bytes, _>(io::Error::from(io::ErrorKind::ConnectionReset))
    });
    Body::from_stream(nothing).into_response()
}

async fn garbled(answer: Response) -> Response {
    let (parts, body) = answer.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.expect("an answer of ours");
    // An answer without content, `{}`, is cut as well.
    let half = body.slice(..body.len().div_ceil(2).min(body.len().saturating_sub(1)));
    (parts.status, half).into_response()
}

/// DynamoDB tells a reason for each part of the transaction; the first one has it here.
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
