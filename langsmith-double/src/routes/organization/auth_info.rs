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
    let (organization, workspace) = (ORGANIZATION, caller.workspace.id);
    let info = match caller.principal {
        Principal::User(user) => json!({
            "ls_user_id": user.id,
            "organization_id": organization,
            "tenant_id": workspace,
            "user_id": sample_id(&format!("login:{}", user.name)),
            "user_email": user.email,
        }),
        Principal::Service(_) => json!({ "organization_id": organization, "tenant_id": workspace }),
    };
    reply::value(StatusCode::OK, &info)
}
