//! `/annotation-queues` and one of them. Description: the names; the answer to a creation has no rubric, unlike that to
//! a read.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use bytes::Bytes;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::auth::Caller;
use crate::clock;
use crate::data::sample_id;
use crate::json::{body, id_of, name_of, refused};
use crate::params::Params;
use crate::reply::{self, ApiError};
use crate::review::{DETAILS, Queue};
use crate::state::App;

pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    params: Params,
) -> Result<Response, ApiError> {
    caller.may("annotation-queues:read")?;
    let (limit, offset, ids) = (params.limit(100)?, params.offset()?, params.ids("ids")?);
    let name = params.text("name");
    let part = params.text("name_contains").map(str::to_lowercase);
    let queues = app.world.queues.lock();
    let keeps = |queue: &&Queue| {
        queue.workspace == caller.workspace.id
            && (ids.is_empty() || ids.contains(&queue.id))
            && name.is_none_or(|name| queue.name == name)
            && part.as_ref().is_none_or(|part| queue.name.to_lowercase().contains(part))
    };
    let page: Vec<Value> =
        queues.iter().rev().filter(keeps).skip(offset).take(limit).map(Queue::wire).collect();
    Ok(reply::value(StatusCode::OK, &json!(page)))
}

pub(crate) async fn create(
    State(app): State<Arc<App>>,
    caller: Caller,
    bytes: Bytes,
) -> Result<Response, ApiError> {
    caller.may("annotation-queues:create")?;
    let mut new: Map<String, Value> = body(&bytes)?;
    let now = clock::now();
    let name = name_of(new.remove("name"))?.ok_or_else(|| refused("name", "Field required"))?;
    let id = match new.remove("id") {
        None | Some(Value::Null) => sample_id(&format!("queue:{name}:{now}")),
        Some(id) => serde_json::from_value(id).map_err(|_| refused("id", "Input should be a valid UUID"))?,
    };
    let mut queues = app.world.queues.lock();
    if queues.iter().any(|queue| queue.id == id) {
        return Err(ApiError::Conflict("Annotation queue with this id already exists.".to_owned()));
    }
    new.retain(|member, _| DETAILS.contains(&member.as_str()));
    let workspace = caller.workspace.id;
    let queue = Queue { id, workspace, name, details: new, created: now, updated: now, runs: Vec::new() };
    let mut wire = queue.wire();
    if let Some(members) = wire.as_object_mut() {
        members.retain(|member, _| !member.starts_with("rubric") && member != "total_runs");
    }
    queues.push(queue);
    Ok(reply::value(StatusCode::OK, &wire))
}

pub(crate) async fn read(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    in_queue(&app, &caller, ("annotation-queues:read", &id), |queue| {
        Ok(reply::value(StatusCode::OK, &queue.wire()))
    })
}

/// Updates a queue; absent or null fields stay.
pub(crate) async fn update(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
    bytes: Bytes,
) -> Result<Response, ApiError> {
    let mut update: Map<String, Value> = body(&bytes)?;
    let name = name_of(update.remove("name"))?;
    in_queue(&app, &caller, ("annotation-queues:update", &id), |queue| {
        queue.name = name.unwrap_or_else(|| std::mem::take(&mut queue.name));
        update.retain(|member, value| DETAILS.contains(&member.as_str()) && !value.is_null());
        queue.details.extend(update);
        queue.updated = clock::now();
        Ok(reply::value(StatusCode::OK, &json!({})))
    })
}

pub(crate) async fn delete(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    let gone: Uuid = in_queue(&app, &caller, ("annotation-queues:delete", &id), |queue| Ok(queue.id))?;
    app.world.queues.remove(|queue| queue.id == gone);
    Ok(reply::value(StatusCode::OK, &json!({})))
}

/// Reads or changes a queue, given a permission.
pub(in crate::routes) fn in_queue<T>(
    app: &App,
    caller: &Caller,
    (permission, id): (&str, &str),
    act: impl FnOnce(&mut Queue) -> Result<T, ApiError>,
) -> Result<T, ApiError> {
    caller.may(permission)?;
    let id = id_of("queue_id", id)?;
    let mut queues = app.world.queues.lock();
    let queue = queues.iter_mut().find(|queue| queue.id == id && queue.workspace == caller.workspace.id);
    act(queue.ok_or(ApiError::NotFound("Annotation queue"))?)
}
