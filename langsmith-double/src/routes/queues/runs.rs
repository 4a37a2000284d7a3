//! The runs of `/annotation-queues/{id}`. Description: they are added by id or by key, listed with the queue's
//! information about them, and read by position. Assumed: a run already in the queue stays once; a run that does not
//! exist is answered 404; a reviewed run is `completed`, and no run needs the review of others.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::auth::Caller;
use crate::clock;
use crate::data::moment::zoned;
use crate::data::{Selection, sample_id};
use crate::json::{body, id_of, time_of};
use crate::params::Params;
use crate::reply::{self, ApiError};
use crate::review::{Queue, QueuedRun};
use crate::routes::queues::queue::in_queue;
use crate::state::App;

const READ: &str = "annotation-queues:read";
const UPDATE: &str = "annotation-queues:update";

/// A run by its id, or `AddRunToQueueRequest`, or `AddRunToQueueByKeyRequest`.
#[derive(Deserialize)]
#[serde(untagged)]
enum Addition {
    Id(Uuid),
    Run { run_id: Uuid },
}

pub(crate) async fn add(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
    bytes: Bytes,
) -> Result<Response, ApiError> {
    let additions: Vec<Addition> = body(&bytes)?;
    let ids = additions.iter().map(|(Addition::Id(id) | Addition::Run { run_id: id })| *id);
    let ids: Vec<Uuid> = ids.collect();
    app.world
        .projects
        .read(|ledger| ids.iter().try_for_each(|id| ledger.run(caller.workspace.id, *id).map(|_| ())))?;
    in_queue(&app, &caller, (UPDATE, &id), |queue| {
        let added = clock::now();
        for run in &ids {
            if !queue.runs.iter().any(|queued| queued.run == *run) {
                let id = sample_id(&format!("queued:{}:{run}:{added}", queue.id));
                queue.runs.push(QueuedRun { id, run: *run, added, reviewed: None });
            }
        }
        let named = queue.runs.iter().filter(|queued| ids.contains(&queued.run));
        let entries: Vec<Value> = named.map(|queued| queue.entry(queued)).collect();
        Ok(reply::value(StatusCode::OK, &json!(entries)))
    })
}

pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
    params: Params,
) -> Result<Response, ApiError> {
    let (limit, offset) = (params.limit(100)?, params.offset()?);
    let status = params.text("status");
    let page = in_queue(&app, &caller, (READ, &id), |queue| {
        let found = queue.runs.iter().filter(|queued| has_status(queued, status));
        Ok(found.skip(offset).take(limit).cloned().collect::<Vec<_>>())
    })?;
    let texts: Vec<String> = page.iter().filter_map(|queued| whole(&app, &caller, queued)).collect();
    Ok(reply::raw(reply::array(texts.iter().map(String::as_str))))
}

pub(crate) async fn at(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((id, index)): Path<(String, usize)>,
) -> Result<Response, ApiError> {
    let queued = in_queue(&app, &caller, (READ, &id), |queue| Ok(queue.runs.get(index).cloned()))?;
    let text = queued.and_then(|queued| whole(&app, &caller, &queued));
    Ok(reply::raw(text.ok_or(ApiError::NotFound("Run"))?))
}

pub(crate) async fn size(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
    params: Params,
) -> Result<Response, ApiError> {
    let status = params.text("status");
    in_queue(&app, &caller, (READ, &id), |queue| {
        let size = queue.runs.iter().filter(|queued| has_status(queued, status)).count();
        Ok(reply::value(StatusCode::OK, &json!({ "size": size })))
    })
}

/// `AnnotationQueueRunUpdateSchema`.
#[derive(Deserialize)]
struct Update {
    last_reviewed_time: Option<String>,
}

pub(crate) async fn update(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((id, run)): Path<(String, String)>,
    bytes: Bytes,
) -> Result<Response, ApiError> {
    let update: Update = body(&bytes)?;
    let reviewed = update.last_reviewed_time.map(|text| time_of("last_reviewed_time", &text)).transpose()?;
    in_queue(&app, &caller, (UPDATE, &id), |queue| {
        let place = place(queue, &run)?;
        if let Some(queued) = queue.runs.get_mut(place) {
            queued.reviewed = reviewed.or(queued.reviewed);
        }
        Ok(reply::value(StatusCode::OK, &json!({})))
    })
}

pub(crate) async fn remove(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((id, run)): Path<(String, String)>,
) -> Result<Response, ApiError> {
    in_queue(&app, &caller, (UPDATE, &id), |queue| {
        let place = place(queue, &run)?;
        queue.runs.remove(place);
        Ok(reply::value(StatusCode::OK, &json!({})))
    })
}

/// The queues that contain a run.
pub(crate) async fn queues_of(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(run): Path<String>,
) -> Result<Response, ApiError> {
    caller.may(READ)?;
    let run = id_of("run_id", &run)?;
    let queues = app.world.queues.lock();
    let own = queues.iter().filter(|queue| queue.workspace == caller.workspace.id);
    let found = own.filter(|queue| queue.runs.iter().any(|queued| queued.run == run));
    Ok(reply::value(StatusCode::OK, &json!(found.map(Queue::wire).collect::<Vec<_>>())))
}

/// The position of an entry. The description identifies it by its own id, LangChain's SDKs by the id of its run: both
/// are accepted.
fn place(queue: &Queue, id: &str) -> Result<usize, ApiError> {
    let id = id_of("queue_run_id", id)?;
    let found = queue.runs.iter().position(|queued| queued.id == id || queued.run == id);
    found.ok_or(ApiError::NotFound("Run"))
}

fn has_status(queued: &QueuedRun, status: Option<&str>) -> bool {
    match status {
        None => true,
        Some("completed") => queued.reviewed.is_some(),
        Some("needs_my_review") => queued.reviewed.is_none(),
        Some(_) => false,
    }
}

/// `RunSchemaWithAnnotationQueueInfo`; `None` for a deleted run.
fn whole(app: &App, caller: &Caller, queued: &QueuedRun) -> Option<String> {
    app.world.projects.read(|ledger| {
        let (_, run) = ledger.run(caller.workspace.id, queued.run).ok()?;
        let mut text = String::new();
        run.write(&Selection::by_default(), &mut text);
        let more = json!({
            "queue_run_id": queued.id,
            "last_reviewed_time": queued.reviewed.map(zoned),
            "added_at": zoned(queued.added),
            "effective_added_at": zoned(queued.added),
        });
        Some(format!("{},{}", text.strip_suffix('}')?, more.to_string().strip_prefix('{')?))
    })
}
