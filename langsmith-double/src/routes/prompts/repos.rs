//! `/repos`: prompts. Description: the caller sees the prompts of the workspace and all public ones.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::auth::Caller;
use crate::clock;
use crate::data::sample_id;
use crate::json::{body as body_of, refused};
use crate::params::{Params, invalid};
use crate::prompts::{Address, Changes, REPO_TYPES, Repo, is_taken};
use crate::reply::{self, ApiError};
use crate::routes::prompts::repo_tags::own;
use crate::state::App;

pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    params: Params,
) -> Result<Response, ApiError> {
    caller.may("prompts:read")?;
    let (limit, offset) = (params.limit(20)?, params.offset()?);
    let repos = app.world.prompts.lock();
    let mut found = filtered(&repos, &caller, &params)?;
    let key = sort_key(params.text("sort_field").unwrap_or("updated_at"))?;
    found.sort_by_key(|repo| key(repo));
    match params.text("sort_direction").unwrap_or("desc") {
        "asc" => {}
        "desc" => found.reverse(),
        _ => return Err(invalid("sort_direction", "Input should be 'asc' or 'desc'")),
    }
    let who = caller.who();
    let page: Vec<Value> = found.iter().skip(offset).take(limit).map(|repo| repo.wire(who)).collect();
    Ok(reply::value(StatusCode::OK, &json!({"repos": page, "total": found.len()})))
}

pub(crate) async fn read(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((owner, handle)): Path<(String, String)>,
) -> Result<Response, ApiError> {
    caller.may("prompts:read")?;
    let repos = app.world.prompts.lock();
    let found = Address { owner: &owner, handle: &handle }.find(&repos, caller.workspace);
    let repo = found.ok_or(ApiError::NotFound("Repo"))?;
    Ok(reply::value(StatusCode::OK, &json!({"repo": repo.wire(caller.who())})))
}

/// The body of a creation: the name, whether it is public, and the details.
#[derive(Deserialize)]
struct Creation {
    repo_handle: String,
    is_public: bool,
    description: Option<String>,
    readme: Option<String>,
    tags: Option<Vec<String>>,
    repo_type: Option<String>,
}

pub(crate) async fn create(
    State(app): State<Arc<App>>,
    caller: Caller,
    body: Bytes,
) -> Result<Response, ApiError> {
    caller.may("prompts:create")?;
    let body: Creation = body_of(&body)?;
    let handle = body.repo_handle;
    if handle.is_empty() || handle.contains(['/', ':']) {
        return Err(refused("repo_handle", "A handle has at least one character and neither '/' nor ':'"));
    }
    let repo_type = body.repo_type.as_deref().unwrap_or("prompt");
    let repo_type = REPO_TYPES.into_iter().find(|known| *known == repo_type);
    let repo_type = repo_type.ok_or_else(|| refused("repo_type", "Input should be a type of repos"))?;
    let workspace = caller.workspace;
    let mut repos = app.world.prompts.lock();
    if is_taken(&repos, workspace.id, &handle) {
        return Err(ApiError::Conflict("A repo with this handle already exists".to_owned()));
    }
    let id = new_id(workspace.id, &handle, clock::now());
    let mut repo = Repo::new(id, (workspace.id, workspace.handle), handle, clock::now());
    let changes = Changes {
        description: body.description,
        readme: body.readme,
        tags: body.tags,
        is_public: Some(body.is_public),
        ..Changes::default()
    };
    publishable(&repo, &changes)?;
    repo.repo_type = repo_type;
    repo.change(changes, clock::now());
    let answer = reply::value(StatusCode::OK, &json!({"repo": repo.wire(caller.who())}));
    repos.push(repo);
    Ok(answer)
}

pub(crate) async fn update(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((owner, handle)): Path<(String, String)>,
    body: Bytes,
) -> Result<Response, ApiError> {
    caller.may("prompts:update")?;
    let changes: Changes = body_of(&body)?;
    let mut repos = app.world.prompts.lock();
    let repo = own(&mut repos, &caller, &Address { owner: &owner, handle: &handle })?;
    publishable(repo, &changes)?;
    repo.change(changes, clock::now());
    Ok(reply::value(StatusCode::OK, &json!({"repo": repo.wire(caller.who())})))
}

/// Deletes a prompt with its commits; the handle is free again.
pub(crate) async fn delete(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((owner, handle)): Path<(String, String)>,
) -> Result<Response, ApiError> {
    caller.may("prompts:delete")?;
    let mut repos = app.world.prompts.lock();
    let id = own(&mut repos, &caller, &Address { owner: &owner, handle: &handle })?.id;
    repos.retain(|repo| repo.id != id);
    Ok(reply::value(StatusCode::OK, &json!({})))
}

/// Refuses to publish without a handle: a public prompt is found by the handle of its workspace.
fn publishable(repo: &Repo, changes: &Changes) -> Result<(), ApiError> {
    if changes.is_public == Some(true) && repo.tenant_handle.is_none() {
        return Err(ApiError::BadRequest("A public prompt needs a workspace with a handle".to_owned()));
    }
    Ok(())
}

/// A fresh id: a prompt that was deleted and recreated has another one.
fn new_id(workspace: Uuid, handle: &str, now: OffsetDateTime) -> Uuid {
    sample_id(&format!("prompt:{workspace}:{handle}:{now}"))
}

fn filtered<'a>(repos: &'a [Repo], caller: &Caller, params: &Params) -> Result<Vec<&'a Repo>, ApiError> {
    let public = params.flag("is_public")?;
    let archived = match params.text("is_archived") {
        None | Some("false") => Some(false),
        Some("true") => Some(true),
        Some("allow") => None,
        Some(_) => return Err(invalid("is_archived", "Input should be 'true', 'allow' or 'false'")),
    };
    let tags: Vec<&str> = params.all("tags").collect();
    let types: Vec<&str> = params.all("repo_types").chain(params.text("repo_type")).collect();
    if types.iter().any(|wanted| !REPO_TYPES.contains(wanted)) {
        return Err(invalid("repo_type", "Input should be 'prompt', 'file', 'agent' or 'skill'"));
    }
    let query = params.text("query").map(str::to_lowercase);
    let keeps = |repo: &&Repo| {
        (repo.is_public || repo.workspace == caller.workspace.id)
            && public.is_none_or(|public| repo.is_public == public)
            && archived.is_none_or(|archived| repo.is_archived == archived)
            && (types.is_empty() || types.contains(&repo.repo_type))
            && tags.iter().all(|tag| repo.tags.iter().any(|own| own == tag))
            && query.as_ref().is_none_or(|query| repo.search_text().contains(query))
    };
    Ok(repos.iter().filter(keeps).collect())
}

type SortKey = fn(&Repo) -> i128;

fn sort_key(field: &str) -> Result<SortKey, ApiError> {
    let key: SortKey = match field {
        "updated_at" | "relevance" => |repo| repo.updated.unix_timestamp_nanos(),
        "num_likes" => |repo| repo.counts()[0].into(),
        "num_downloads" => |repo| repo.counts()[1].into(),
        "num_views" => |repo| repo.counts()[2].into(),
        _ => return Err(invalid("sort_field", "Input should be a sortable field")),
    };
    Ok(key)
}
