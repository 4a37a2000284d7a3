//! `GET /settings`: the workspace of the request. SDK: it is requested before a prompt is written.

use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;

use crate::auth::Caller;
use crate::reply;

pub(crate) async fn read(caller: Caller) -> Response {
    let workspace = caller.workspace;
    let body = json!({
        "id": workspace.id,
        "display_name": workspace.display_name,
        "created_at": "2026-01-05T09:00:00.000000+00:00",
        "tenant_handle": workspace.handle,
    });
    reply::value(StatusCode::OK, &body)
}
