//! `/datasets/{id}/share`, `/runs/{id}/share` and `POST /v2/runs/{id}/share`. Description: a child run shares the root
//! of its trace; the answer is null where nothing is shared.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{MethodRouter, get};
use serde_json::{Value, json};

use crate::auth::Caller;
use crate::json::id_of;
use crate::reply::{self, ApiError};
use crate::routes::lookup::in_dataset;
use crate::routes::runs::second_api::Problem;
use crate::share::{Share, Shared};
use crate::state::App;

/// A kind of resource that can be shared.
pub(crate) trait Sharable: 'static {
    /// The permission to share and unshare.
    const PERMISSION: &'static str;

    /// The resource that a path names, if the caller may read it.
    fn find(app: &App, caller: &Caller, id: &str) -> Result<Share, ApiError>;
}

pub(crate) struct Datasets;

pub(crate) struct Runs;

impl Sharable for Datasets {
    const PERMISSION: &'static str = "datasets:update";

    fn find(app: &App, caller: &Caller, id: &str) -> Result<Share, ApiError> {
        in_dataset(app, caller, id, |_, dataset| {
            Ok(Share { workspace: caller.workspace.id, what: Shared::Dataset(dataset.id) })
        })
    }
}

impl Sharable for Runs {
    const PERMISSION: &'static str = "runs:share";

    fn find(app: &App, caller: &Caller, id: &str) -> Result<Share, ApiError> {
        caller.may("runs:read")?;
        let id = id_of("run_id", id)?;
        app.world.projects.read(|ledger| {
            let (_, run) = ledger.run(caller.workspace.id, id)?;
            Ok(Share { workspace: caller.workspace.id, what: Shared::Trace(run.facts.trace) })
        })
    }
}

/// Reading, starting and ending the sharing of a resource.
pub(crate) fn routes<S: Sharable>() -> MethodRouter<Arc<App>> {
    get(read::<S>).put(put::<S>).delete(end::<S>)
}

async fn read<S: Sharable>(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    let share = S::find(&app, &caller, &id)?;
    let body = if app.world.shares.has(share) { wire(&id, share) } else { Value::Null };
    Ok(reply::value(StatusCode::OK, &body))
}

async fn put<S: Sharable>(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    let share = changeable::<S>(&app, &caller, &id)?;
    app.world.shares.put(share);
    Ok(reply::value(StatusCode::OK, &wire(&id, share)))
}

async fn end<S: Sharable>(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    let share = changeable::<S>(&app, &caller, &id)?;
    app.world.shares.end(share);
    Ok(reply::value(StatusCode::OK, &json!({})))
}

pub(crate) async fn put_run_v2(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    app.service.queries.second()?;
    let share = changeable::<Runs>(&app, &caller, &id)?;
    app.world.shares.put(share);
    Ok(reply::value(StatusCode::OK, &json!({"share_token": share.token()})))
}

fn changeable<S: Sharable>(app: &App, caller: &Caller, id: &str) -> Result<Share, ApiError> {
    let share = S::find(app, caller, id)?;
    caller.may(S::PERMISSION)?;
    Ok(share)
}

fn wire(id: &str, share: Share) -> Value {
    match share.what {
        Shared::Dataset(dataset) => json!({"dataset_id": dataset, "share_token": share.token()}),
        Shared::Trace(trace) => {
            json!({"run_id": id, "shared_trace_id": trace, "share_token": share.token()})
        }
    }
}
