//! `POST /runs`, `POST /runs/batch` and `PATCH /runs/{id}`: runs from tracing clients. Description: these endpoints
//! explain refusals in `error`, and accept requests before checking them closely: 202.

use std::sync::Arc;

use axum::extract::{Extension, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use crate::auth::Caller;
use crate::clock;
use crate::faults::{Partly, Reports};
use crate::json::{body, id_of};
use crate::payload::Payload;
use crate::projects::{Intake, RunFields, Terms};
use crate::reply::{self, ApiError};
use crate::state::App;

/// A refusal in the format of these endpoints.
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
    post: Option<Vec<RunFields>>,
    #[serde(default)]
    patch: Option<Vec<RunFields>>,
}

/// The marks of faults on the request.
pub(in crate::routes) type Marks = (Option<Extension<Partly>>, Option<Extension<Reports>>);

pub(crate) async fn create(
    State(app): State<Arc<App>>,
    caller: Caller,
    payload: Payload,
) -> Result<Response, Refused> {
    let intake = Intake { post: vec![body(&payload.bytes)?], ..Intake::default() };
    store_intake(&app, &caller, intake, false)?;
    Ok(accepted("Run created"))
}

/// Stores a batch: everything or, if a run already exists or cannot be stored, nothing, unless the fault [`Partly`]
/// applies.
pub(crate) async fn batch(
    State(app): State<Arc<App>>,
    caller: Caller,
    partly: Option<Extension<Partly>>,
    reports: Option<Extension<Reports>>,
    payload: Payload,
) -> Result<Response, Refused> {
    let Batch { post, patch } = body(&payload.bytes)?;
    let (post, patch) = (post.unwrap_or_default(), patch.unwrap_or_default());
    many(&app, &caller, Intake { post, patch, feedback: Vec::new() }, (partly, reports))
}

pub(crate) async fn update(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
    payload: Payload,
) -> Result<Response, Refused> {
    let mut patch: RunFields = body(&payload.bytes)?;
    patch.id = Some(id_of("run_id", &id)?);
    store_intake(&app, &caller, Intake { patch: vec![patch], ..Intake::default() }, false)?;
    Ok(accepted("Run updated"))
}

/// Stores several runs at once.
pub(in crate::routes) fn many(
    app: &App,
    caller: &Caller,
    mut intake: Intake,
    (partly, reports): Marks,
) -> Result<Response, Refused> {
    let Some(Extension(Reports { left_out })) = reports else {
        store_intake(app, caller, intake, partly.is_some())?;
        return Ok(accepted("Runs batch ingested"));
    };
    let ids: Vec<Uuid> = intake.post.iter().filter_map(|run| run.id).collect();
    let reported: Vec<Uuid> = ids.into_iter().skip(1).step_by(2).collect();
    intake.post.retain(|run| !left_out || run.id.is_none_or(|id| !reported.contains(&id)));
    store_intake(app, caller, intake, false)?;
    let error = |id: &Uuid| json!({"id": id, "error": "The run could not be read"});
    let errors: Vec<_> = reported.iter().map(error).collect();
    Ok(reply::value(StatusCode::ACCEPTED, &json!({"message": "Runs batch ingested", "errors": errors})))
}

fn accepted(message: &str) -> Response {
    reply::value(StatusCode::ACCEPTED, &json!({ "message": message }))
}

fn store_intake(app: &App, caller: &Caller, intake: Intake, partly: bool) -> Result<(), ApiError> {
    caller.may("runs:create")?;
    let terms = Terms {
        workspace: caller.workspace.id,
        now: clock::now(),
        window: app.service.ingest_window,
        partly,
        four_decimals: app.service.four_decimals,
    };
    app.world.projects.write(|ledger| intake.store(ledger, terms))
}
