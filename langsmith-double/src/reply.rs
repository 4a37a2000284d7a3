//! Answers in the platform's style: JSON bodies, errors as `{"detail": …}`. Description: `HTTPValidationError`. SDK:
//! `error` of `org_scoped_key_requires_workspace`, and the meanings of 401, 403, 404 and 409. Assumed: the wording of
//! `detail`.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use uuid::Uuid;

/// A JSON answer from serialized JSON.
pub(crate) fn raw(body: String) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], body).into_response()
}

/// A JSON answer with a status.
pub(crate) fn value(status: StatusCode, body: &Value) -> Response {
    (status, raw(body.to_string())).into_response()
}

/// Joins serialized items into a JSON array.
pub(crate) fn array<'a>(items: impl Iterator<Item = &'a str>) -> String {
    let mut out = String::from("[");
    for (position, item) in items.enumerate() {
        if position > 0 {
            out.push(',');
        }
        out.push_str(item);
    }
    out.push(']');
    out
}

/// The conflict with existing items, by their ids.
pub(crate) fn already_exists(what: &str, ids: &[Uuid]) -> ApiError {
    let ids: Vec<String> = ids.iter().map(Uuid::to_string).collect();
    ApiError::Conflict(format!("{what} with this id already exists: {}", ids.join(", ")))
}

/// The reason why the API refuses a request.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ApiError {
    #[error("no credential, or one that is unknown, expired, revoked or not bound to this resource")]
    Unauthorized,
    #[error("the caller may not do this in this workspace")]
    Forbidden,
    #[error("the workspace's data is elsewhere")]
    Elsewhere,
    #[error("a service key speaks for no user")]
    NoUser,
    #[error("the key covers an organization and no workspace was named")]
    WorkspaceRequired,
    #[error("{0}")]
    BadRequest(String),
    #[error("{0} not found")]
    NotFound(&'static str),
    #[error("{0}")]
    Conflict(String),
    #[error("{0}")]
    NotImplemented(&'static str),
    #[error("{0}")]
    TooLarge(&'static str),
    #[error("{0}")]
    Unsupported(String),
    #[error("invalid {field}: {message}")]
    Invalid {
        /// The location of the field: `query`, `path` or `body`.
        place: &'static str,
        field: String,
        message: String,
    },
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let (status, detail) = match self {
            Self::WorkspaceRequired => {
                let body =
                    json!({"error": "org_scoped_key_requires_workspace", "detail": "Name a workspace"});
                return value(StatusCode::FORBIDDEN, &body);
            }
            Self::Unauthorized => (StatusCode::UNAUTHORIZED, json!("Invalid token")),
            Self::Forbidden => (StatusCode::FORBIDDEN, json!("Forbidden")),
            Self::Elsewhere => (StatusCode::FORBIDDEN, json!("This workspace is not served here")),
            Self::NoUser => (StatusCode::FORBIDDEN, json!("This API key is a service key and has no user")),
            Self::BadRequest(detail) => (StatusCode::BAD_REQUEST, json!(detail)),
            Self::NotFound(what) => (StatusCode::NOT_FOUND, json!(format!("{what} not found"))),
            Self::Conflict(detail) => (StatusCode::CONFLICT, json!(detail)),
            Self::NotImplemented(detail) => (StatusCode::NOT_IMPLEMENTED, json!(detail)),
            Self::TooLarge(detail) => (StatusCode::PAYLOAD_TOO_LARGE, json!(detail)),
            Self::Unsupported(detail) => (StatusCode::UNSUPPORTED_MEDIA_TYPE, json!(detail)),
            Self::Invalid { place, field, message } => {
                let item = json!({"loc": [place, field], "msg": message, "type": "value_error"});
                (StatusCode::UNPROCESSABLE_ENTITY, json!([item]))
            }
        };
        value(status, &json!({ "detail": detail }))
    }
}
