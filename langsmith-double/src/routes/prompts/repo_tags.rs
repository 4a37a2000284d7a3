//! `/repos/{owner}/{repo}/tags`: names for the commits of a prompt.
//!
//! Assumed: a duplicate name is refused with 409, and moved by `PATCH`. The description says neither.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::auth::Caller;
use crate::json::body;
use crate::prompts::{Address, Commit, Repo};
use crate::reply::{self, ApiError};
use crate::state::App;

/// `RepoTagRequest`.
#[derive(Deserialize)]
struct NewTag {
    tag_name: String,
    commit_id: Uuid,
}

/// `RepoUpdateTagRequest`.
#[derive(Deserialize)]
struct Moved {
    commit_id: Uuid,
}

pub(crate) async fn create(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((owner, handle)): Path<(String, String)>,
    bytes: Bytes,
) -> Result<Response, ApiError> {
    caller.may("prompts:update")?;
    let new: NewTag = body(&bytes)?;
    let mut repos = app.world.prompts.lock();
    let repo = own(&mut repos, &caller, &Address { owner: &owner, handle: &handle })?;
    if repo.commits(Some(&new.tag_name)).is_empty() {
        return tagged(repo, &new.tag_name, new.commit_id);
    }
    Err(ApiError::Conflict(format!("Tag {} already exists", new.tag_name)))
}

pub(crate) async fn update(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((owner, handle, tag)): Path<(String, String, String)>,
    bytes: Bytes,
) -> Result<Response, ApiError> {
    caller.may("prompts:update")?;
    let moved: Moved = body(&bytes)?;
    let mut repos = app.world.prompts.lock();
    let repo = own(&mut repos, &caller, &Address { owner: &owner, handle: &handle })?;
    if repo.commits(Some(&tag)).is_empty() {
        return Err(ApiError::NotFound("Tag"));
    }
    tagged(repo, &tag, moved.commit_id)
}

pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((owner, handle)): Path<(String, String)>,
) -> Result<Response, ApiError> {
    caller.may("prompts:read")?;
    let repos = app.world.prompts.lock();
    let found = Address { owner: &owner, handle: &handle }.find(&repos, caller.workspace);
    let repo = found.ok_or(ApiError::NotFound("Repo"))?;
    let tags: Vec<Value> = repo.tags_of_commits().map(|(tag, commit)| wire(repo.id, tag, commit)).collect();
    Ok(reply::value(StatusCode::OK, &json!(tags)))
}

pub(crate) async fn delete(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((owner, handle, tag)): Path<(String, String, String)>,
) -> Result<Response, ApiError> {
    caller.may("prompts:update")?;
    let mut repos = app.world.prompts.lock();
    let repo = own(&mut repos, &caller, &Address { owner: &owner, handle: &handle })?;
    if repo.untag(&tag) {
        Ok(reply::value(StatusCode::OK, &json!({})))
    } else {
        Err(ApiError::NotFound("Tag"))
    }
}

/// A prompt that the caller may change: one of the caller's workspace.
pub(in crate::routes) fn own<'r>(
    repos: &'r mut [Repo],
    caller: &Caller,
    address: &Address<'_>,
) -> Result<&'r mut Repo, ApiError> {
    let repo = address.find_mut(repos, caller.workspace).ok_or(ApiError::NotFound("Repo"))?;
    if repo.workspace == caller.workspace.id { Ok(repo) } else { Err(ApiError::Forbidden) }
}

fn tagged(repo: &mut Repo, name: &str, commit: Uuid) -> Result<Response, ApiError> {
    let repo_id = repo.id;
    let commit = repo.tag(name, commit).ok_or(ApiError::NotFound("Commit"))?;
    Ok(reply::value(StatusCode::OK, &wire(repo_id, name, commit)))
}

/// `RepoTag`.
fn wire(repo: Uuid, name: &str, commit: &Commit) -> Value {
    json!({
        "id": commit.id,
        "repo_id": repo,
        "commit_id": commit.id,
        "commit_hash": commit.hash,
        "tag_name": name,
        "created_at": "2026-01-01T00:00:00Z",
        "updated_at": "2026-01-01T00:00:00Z",
    })
}
