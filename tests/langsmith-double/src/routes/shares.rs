//! `/datasets/{id}/share`, `/runs/{id}/share` and `POST /v2/runs/{id}/share`. Description: a child run shares the root of its trace; what
//! is not shared is null.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use super::lookup::in_dataset;
use super::runs_v2::Problem;
use crate::auth::Caller;
use crate::json::id_of;
use crate::reply::{self, ApiError};
use crate::share::{Share, Shared};
use crate::state::App;

pub(crate) async fn read_dataset(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    let share = dataset(&app, &caller, &id)?;
    let body = if app.world.shares.has(share) { dataset_wire(share) } else { Value::Null };
    Ok(reply::value(StatusCode::OK, &body))
}

pub(crate) async fn put_dataset(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    let share = dataset(&app, &caller, &id)?;
    caller.may("datasets:update")?;
    app.world.shares.put(share);
    Ok(reply::value(StatusCode::OK, &dataset_wire(share)))
}

pub(crate) async fn end_dataset(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    let share = dataset(&app, &caller, &id)?;
    caller.may("datasets:update")?;
    app.world.shares.end(share);
    Ok(reply::value(StatusCode::OK, &json!({})))
}

pub(crate) async fn read_run(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    let share = trace(&app, &caller, &id)?;
    let body = if app.world.shares.has(share) { run_wire(&id, share) } else { Value::Null };
    Ok(reply::value(StatusCode::OK, &body))
}

pub(crate) async fn put_run(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    let share = trace(&app, &caller, &id)?;
    caller.may("runs:share")?;
    app.world.shares.put(share);
    Ok(reply::value(StatusCode::OK, &run_wire(&id, share)))
}

pub(crate) async fn end_run(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    let share = trace(&app, &caller, &id)?;
    caller.may("runs:share")?;
    app.world.shares.end(share);
    Ok(reply::value(StatusCode::OK, &json!({})))
}

pub(crate) async fn put_run_v2(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    app.service.queries.second()?;
    let share = trace(&app, &caller, &id)?;
    caller.may("runs:share")?;
    app.world.shares.put(share);
    Ok(reply::value(StatusCode::OK, &json!({"share_token": share.token()})))
}

fn dataset(app: &App, caller: &Caller, id: &str) -> Result<Share, ApiError> {
    in_dataset(app, caller, id, |_, dataset| {
        Ok(Share { workspace: caller.workspace.id, what: Shared::Dataset(dataset.id) })
    })
}

fn trace(app: &App, caller: &Caller, id: &str) -> Result<Share, ApiError> {
    caller.may("runs:read")?;
    let id = id_of("run_id", id)?;
    app.world.projects.read(|ledger| {
        let (_, run) = ledger.run(caller.workspace.id, id)?;
        Ok(Share { workspace: caller.workspace.id, what: Shared::Trace(run.facts.trace) })
    })
}

fn dataset_wire(share: Share) -> Value {
    let Shared::Dataset(id) = share.what else { return Value::Null };
    json!({"dataset_id": id, "share_token": share.token()})
}

fn run_wire(run: &str, share: Share) -> Value {
    let Shared::Trace(trace) = share.what else { return Value::Null };
    json!({"run_id": run, "shared_trace_id": trace, "share_token": share.token()})
}
