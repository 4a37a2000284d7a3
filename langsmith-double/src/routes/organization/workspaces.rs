//! `GET /workspaces`: the workspaces of the caller; `GET /workspaces/{id}`: one of them. Description: `TenantForUser`.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use crate::auth::Caller;
use crate::data::people::Workspace;
use crate::data::{ORGANIZATION, sample_id};
use crate::data_plane::DataPlanes;
use crate::json::id_of;
use crate::reply::{self, ApiError};
use crate::shelf::lock;
use crate::state::App;

pub(crate) async fn list(State(app): State<Arc<App>>, caller: Caller) -> Response {
    let other = lock(&app.other_organization);
    let is_other = |workspace: &Workspace| other.contains(&workspace.id);
    let workspaces = caller.principal.workspaces().iter();
    let workspaces = workspaces.filter(|workspace| is_other(workspace) == is_other(caller.workspace));
    let own = workspaces.map(|workspace| item(&caller, workspace, &app.data_planes));
    let more = (0..app.more_workspaces.load(Ordering::SeqCst)).rev().map(more);
    let items: Vec<Value> = own.chain(more).collect();
    reply::value(StatusCode::OK, &json!(items))
}

pub(crate) async fn read(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    let id = id_of("workspace_id", &id)?;
    let workspace = caller.principal.workspaces().iter().find(|workspace| workspace.id == id);
    let workspace = workspace.ok_or(ApiError::NotFound("Workspace"))?;
    Ok(reply::value(StatusCode::OK, &item(&caller, workspace, &app.data_planes)))
}

/// The minimal form of a workspace in a list. The names are not in alphabetical order.
fn more(number: usize) -> Value {
    let name = format!("Workspace {:02}", (number * 7) % 100);
    json!({ "id": sample_id(&format!("workspace:{number}")), "display_name": name, "tenant_handle": null })
}

fn item(caller: &Caller, workspace: &Workspace, data_planes: &DataPlanes) -> Value {
    let role = caller.principal.role();
    json!({
        "id": workspace.id,
        "organization_id": ORGANIZATION,
        "created_at": "2026-01-05T09:00:00.000000+00:00",
        "display_name": workspace.display_name,
        "is_personal": workspace.is_personal,
        "is_deleted": false,
        "tenant_handle": workspace.handle,
        "data_plane_url": data_planes.url(workspace.id),
        "read_only": false,
        "role_id": role.map(|role| sample_id(&format!("role:{role}"))),
        "role_name": role,
        "permissions": caller.permissions,
    })
}
