//! `GET /orgs/current/info`: the organization of the caller. Description: `OrganizationInfo`.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;

use crate::auth::Caller;
use crate::data::{ORGANIZATION, ORGANIZATION_NAME};
use crate::reply::{self, ApiError};
use crate::state::App;

pub(crate) async fn read(State(app): State<Arc<App>>, caller: Caller) -> Result<Response, ApiError> {
    caller.may("organization:read")?;
    caller.may_see_organization(app.service)?;
    let body = json!({
        "id": ORGANIZATION,
        "display_name": ORGANIZATION_NAME,
        "config": {},
        "is_personal": false,
    });
    Ok(reply::value(StatusCode::OK, &body))
}
