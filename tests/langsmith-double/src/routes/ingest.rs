//! `POST /runs`, `POST /runs/batch` and `PATCH /runs/{id}`: runs as tracing clients send them. These endpoints explain
//! themselves in `error`, and accept what they have not looked at closely: 202.

use std::sync::Arc;

use axum::extract::{Extension, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use super::json::{body, id_of};
use super::new_run::{NewRun, RunPatch, check_window};
use crate::auth::Caller;
use crate::clock;
use crate::faults::{Partly, Reports};
use crate::projects::Ledger;
use crate::reply::{self, ApiError};
use crate::state::App;

/// A refusal in these endpoints' own shape.
pub(crate) struct Refused(ApiError);

impl From<ApiError> for Refused {
    fn from(error: ApiError) -> Self {
        Self(error)
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let text = self.0.to_string();
        reply::value(self.0.into_response().status(), &json!({ "error": text }))
    }
}

/// The body of `POST /runs/batch`.
#[derive(Deserialize)]
struct Batch {
    #[serde(default)]
    post: Vec<NewRun>,
    #[serde(default)]
    patch: Vec<RunPatch>,
}

pub(crate) async fn create(
    State(app): State<Arc<App>>,
    caller: Caller,
    bytes: Bytes,
) -> Result<Response, Refused> {
    let batch = Batch { post: vec![body(&bytes)?], patch: Vec::new() };
    take(&app, &caller, batch, false)?;
    Ok(accepted("Run created"))
}

/// All of it or, when one of the runs is there already or cannot be stored, nothing, unless the request is to be carried out
/// partly.
pub(crate) async fn batch(
    State(app): State<Arc<App>>,
    caller: Caller,
    partly: Option<Extension<Partly>>,
    reports: Option<Extension<Reports>>,
    bytes: Bytes,
) -> Result<Response, Refused> {
    let mut batch: Batch = body(&bytes)?;
    let Some(Extension(Reports { left_out })) = reports else {
        take(&app, &caller, batch, partly.is_some())?;
        return Ok(accepted("Runs batch ingested"));
    };
    let ids: Vec<Uuid> = batch.post.iter().map(NewRun::id).collect();
    let reported: Vec<Uuid> = ids.into_iter().skip(1).step_by(2).collect();
    batch.post.retain(|run| !left_out || !reported.contains(&run.id()));
    take(&app, &caller, batch, false)?;
    let error = |id: &Uuid| json!({"id": id, "error": "The run could not be read"});
    let errors: Vec<_> = reported.iter().map(error).collect();
    Ok(reply::value(StatusCode::ACCEPTED, &json!({"message": "Runs batch ingested", "errors": errors})))
}

pub(crate) async fn update(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
    bytes: Bytes,
) -> Result<Response, Refused> {
    let mut patch: RunPatch = body(&bytes)?;
    patch.id = Some(id_of("run_id", &id)?);
    take(&app, &caller, Batch { post: Vec::new(), patch: vec![patch] }, false)?;
    Ok(accepted("Run updated"))
}

fn accepted(message: &str) -> Response {
    reply::value(StatusCode::ACCEPTED, &json!({ "message": message }))
}

fn take(app: &App, caller: &Caller, batch: Batch, partly: bool) -> Result<(), ApiError> {
    caller.may("runs:create")?;
    let workspace = caller.workspace.id;
    let now = clock::now();
    if app.service.ingest_window {
        check_window(&batch.post, now)?;
    }
    app.world.projects.write(|ledger| {
        let place = |new: &NewRun, ledger: &Ledger| new.session(ledger, workspace).map(|session| session.id);
        let places: Vec<Uuid> =
            batch.post.iter().map(|new| place(new, ledger)).collect::<Result<_, ApiError>>()?;
        let stored = batch.post.into_iter().zip(places);
        let stored = stored.map(|(new, session)| Ok((session, new.stored(workspace, session, now)?)));
        let stored: Vec<_> = stored.collect::<Result<_, ApiError>>()?;
        let patched = batch.patch.into_iter().map(|patch| patch.applied(ledger, workspace));
        let patched: Vec<_> = patched.collect::<Result<_, ApiError>>()?;
        ledger.add_runs(stored, partly)?;
        for run in patched {
            ledger.replace_run(run);
        }
        Ok(())
    })
}
