//! `/commits/{owner}/{repo}`: the history of a prompt. Description: refusals are `{"error": …}` here, unlike elsewhere.
//! LangChain's SDK: a manifest equal to that of the newest commit is refused with 409, "Nothing to commit", and a
//! manifest without an id with 400.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::auth::Caller;
use crate::clock;
use crate::params::Params;
use crate::prompts::{Address, Repo};
use crate::reply::{self, ApiError};
use crate::state::App;

pub(crate) async fn read(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((owner, handle, commit)): Path<(String, String, String)>,
    params: Params,
) -> Result<Response, Refusal> {
    caller.may("prompts:read")?;
    let include =
        params.text("include").is_some_and(|fields| fields.split(',').any(|field| field == "model"));
    let include_model = params.flag("include_model")?.unwrap_or(false) || include;
    let repos = app.world.prompts.lock();
    let repo = find(&repos, &caller, &owner, &handle)?;
    let commit = repo.resolve(&commit).ok_or(Refusal::NotFound("Commit"))?;
    Ok(reply::value(StatusCode::OK, &commit.read(include_model)))
}

pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((owner, handle)): Path<(String, String)>,
    params: Params,
) -> Result<Response, Refusal> {
    caller.may("prompts:read")?;
    let (limit, offset) = (params.limit(20)?, params.offset()?);
    let repos = app.world.prompts.lock();
    let repo = find(&repos, &caller, &owner, &handle)?;
    let found = repo.commits(params.text("tag"));
    let page: Vec<Value> =
        found.iter().skip(offset).take(limit).map(|commit| commit.listed(repo.id)).collect();
    Ok(reply::value(StatusCode::OK, &json!({"commits": page, "total": found.len()})))
}

/// The body of a new commit.
#[derive(Deserialize)]
struct Creation {
    manifest: Value,
    parent_commit: Option<String>,
    description: Option<String>,
}

/// Adds a commit. The parent must be the newest commit, so that one of two writers with the same state is refused.
pub(crate) async fn create(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((owner, handle)): Path<(String, String)>,
    body: Bytes,
) -> Result<Response, Refusal> {
    caller.may("prompts:update")?;
    let body: Creation =
        serde_json::from_slice(&body).map_err(|error| Refusal::BadRequest(error.to_string()))?;
    if !body.manifest.get("id").is_some_and(Value::is_array) {
        return Err(Refusal::BadRequest("Manifest must have an id field".to_owned()));
    }
    let mut repos = app.world.prompts.lock();
    let found = Address { owner: &owner, handle: &handle }.find_mut(&mut repos, caller.workspace);
    let repo = found.ok_or(Refusal::NotFound("Repository"))?;
    if repo.workspace != caller.workspace.id {
        return Err(ApiError::Forbidden.into());
    }
    if repo.newest().is_some_and(|newest| newest.manifest == body.manifest) {
        return Err(Refusal::Conflict("Nothing to commit: prompt has not changed since latest commit"));
    }
    if repo.newest().map(|newest| newest.hash.as_str()) != body.parent_commit.as_deref() {
        return Err(Refusal::Conflict("Parent commit is not the latest commit"));
    }
    if app.service.type_tags {
        repo.tag_type(&body.manifest);
    }
    repo.commit(body.manifest, body.description, clock::now());
    let commit = repo.newest().map(|commit| commit.listed(repo.id));
    Ok(reply::value(StatusCode::CREATED, &json!({ "commit": commit })))
}

fn find<'a>(repos: &'a [Repo], caller: &Caller, owner: &str, handle: &str) -> Result<&'a Repo, Refusal> {
    Address { owner, handle }.find(repos, caller.workspace).ok_or(Refusal::NotFound("Repository"))
}

/// The reason why a request is refused.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    #[error(transparent)]
    Api(#[from] ApiError),
    #[error("{0}")]
    BadRequest(String),
    #[error("{0} not found")]
    NotFound(&'static str),
    #[error("{0}")]
    Conflict(&'static str),
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = match self {
            Self::Api(error) => return error.into_response(),
            Self::BadRequest(_) => StatusCode::BAD_REQUEST,
            Self::NotFound(_) => StatusCode::NOT_FOUND,
            Self::Conflict(_) => StatusCode::CONFLICT,
        };
        reply::value(status, &json!({"error": self.to_string()}))
    }
}
