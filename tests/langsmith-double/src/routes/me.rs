//! `GET /me/ls_user_id`: who the credential speaks for.
//!
//! The platform's description knows only the 200 with a string. A service key has no user; the double answers it
//! 403, so that "no user" (403) and "bad key" (401) are different.

use axum::response::Response;
use serde_json::json;

use crate::auth::Caller;
use crate::data::people::Principal;
use crate::reply::{self, ApiError};

pub(crate) async fn ls_user_id(caller: Caller) -> Result<Response, ApiError> {
    match caller.principal {
        Principal::User(user) => Ok(reply::raw(json!(user.id).to_string())),
        Principal::Service(_) => Err(ApiError::NoUser),
    }
}
