//! `POST /likes/{owner}/{repo}`. Description: the answer is the number of likes. Assumed: a like counts once per user,
//! and a service key likes on behalf of its workspace.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::json;

use crate::auth::Caller;
use crate::json::body;
use crate::prompts::Address;
use crate::reply::{self, ApiError};
use crate::state::App;

/// `LikeRepoRequest`.
#[derive(Deserialize)]
struct Like {
    like: bool,
}

pub(crate) async fn put(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((owner, handle)): Path<(String, String)>,
    bytes: Bytes,
) -> Result<Response, ApiError> {
    caller.may("prompts:read")?;
    let Like { like } = body(&bytes)?;
    let mut repos = app.world.prompts.lock();
    let found = Address { owner: &owner, handle: &handle }.find_mut(&mut repos, caller.workspace);
    let repo = found.ok_or(ApiError::NotFound("Repo"))?;
    repo.like(caller.who(), like);
    let [likes, ..] = repo.counts();
    Ok(reply::value(StatusCode::OK, &json!({ "likes": likes })))
}
