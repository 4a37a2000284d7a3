//! `GET /workspaces`: the workspaces of the caller.

use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use crate::auth::Caller;
use crate::data::people::Workspace;
use crate::data::{ORGANIZATION, sample_id};
use crate::reply;

pub(crate) async fn list(caller: Caller) -> Response {
    let workspaces = caller.principal.workspaces().iter();
    let items: Vec<Value> = workspaces.map(|workspace| item(&caller, workspace)).collect();
    reply::value(StatusCode::OK, &json!(items))
}

fn item(caller: &Caller, workspace: &Workspace) -> Value {
    let role = caller.principal.role();
    json!({
        "id": workspace.id,
        "organization_id": ORGANIZATION,
        "created_at": "2026-01-05T09:00:00.000000+00:00",
        "display_name": workspace.display_name,
        "is_personal": workspace.is_personal,
        "is_deleted": false,
        "tenant_handle": workspace.handle,
        "data_plane_url": null,
        "read_only": false,
        "role_id": role.map(|role| sample_id(&format!("role:{role}"))),
        "role_name": role,
        "permissions": caller.permissions,
    })
}
