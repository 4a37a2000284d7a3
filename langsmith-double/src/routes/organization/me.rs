//! `GET /me/ls_user_id`: the user of the credential.
//!
//! Description: only the 200 with a string, and only bearer tokens. Assumed: a service key, which has no user, is
//! answered 403, so that "no user" (403) and "bad key" (401) are different; the mode decides the answer to personal
//! keys.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use serde_json::json;

use crate::auth::Caller;
use crate::data::people::Principal;
use crate::reply::{self, ApiError};
use crate::state::App;

pub(crate) async fn ls_user_id(State(app): State<Arc<App>>, caller: Caller) -> Result<Response, ApiError> {
    if caller.by_key && app.modes.personal_keys_unnamed {
        return Err(ApiError::Forbidden);
    }
    match caller.principal {
        Principal::User(user) => Ok(reply::raw(json!(user.id).to_string())),
        Principal::Service(_) => Err(ApiError::NoUser),
    }
}
