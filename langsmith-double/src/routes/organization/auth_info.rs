//! `GET /auth/public`: the identity and the workspace of a request's credential.
//!
//! Description: `authn.PublicAuthInfo`, and all three headers of a caller. Assumed: members that a service key does not
//! have are left out. Assumed: `user_id`, the account of the login, is not the user that other resources name.

use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;

use crate::auth::Caller;
use crate::data::people::Principal;
use crate::data::{ORGANIZATION, sample_id};
use crate::reply;

pub(crate) async fn read(caller: Caller) -> Response {
    let mut info = json!({ "organization_id": ORGANIZATION, "tenant_id": caller.workspace.id });
    if let Principal::User(user) = caller.principal {
        info["ls_user_id"] = json!(user.id);
        info["user_id"] = json!(sample_id(&format!("login:{}", user.name)));
        info["user_email"] = json!(user.email);
    }
    reply::value(StatusCode::OK, &info)
}
