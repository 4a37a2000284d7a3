//! `GET /orgs/current/info`: the organization of the caller.

use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;

use crate::auth::Caller;
use crate::data::{ORGANIZATION, ORGANIZATION_NAME};
use crate::reply::{self, ApiError};

pub(crate) async fn read(caller: Caller) -> Result<Response, ApiError> {
    caller.may("organization:read")?;
    let body = json!({
        "id": ORGANIZATION,
        "display_name": ORGANIZATION_NAME,
        "config": {},
        "is_personal": false,
    });
    Ok(reply::value(StatusCode::OK, &body))
}
