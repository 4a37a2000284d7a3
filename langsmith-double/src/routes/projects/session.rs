//! `POST /sessions`, and one project: `GET`, `PATCH` and `DELETE /sessions/{id}`. Description: with `upsert` an
//! existing project is changed. Assumed: its omitted fields stay, and a deletion includes the runs and their feedback.

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
use crate::data::{Session, sample_id};
use crate::json::{body, id_of, refused, time_of};
use crate::params::Params;
use crate::reply::{self, ApiError};
use crate::routes::lookup::change_ledger;
use crate::state::App;

pub(crate) async fn create(
    State(app): State<Arc<App>>,
    caller: Caller,
    params: Params,
    bytes: Bytes,
) -> Result<Response, ApiError> {
    caller.may("projects:create")?;
    let upsert = params.flag("upsert")?.unwrap_or(false);
    let new: NewSession = body(&bytes)?;
    let workspace = caller.workspace.id;
    if let Some(dataset) = new.reference_dataset_id {
        app.world.datasets.read(|shelf| shelf.dataset(workspace, dataset).map(|_| ()))?;
    }
    let session = new.stored(workspace, clock::now())?;
    app.world.projects.write(|ledger| {
        let known = ledger.sessions(workspace).iter().find(|known| upsert && known.name == session.name);
        let Some(id) = known.map(|known| known.id) else {
            return Ok(raw(ledger.add_session(session)?, false));
        };
        let change = |known: &mut Session| {
            known.description = session.description.or_else(|| known.description.take());
            known.extra = if session.extra.is_null() { known.extra.take() } else { session.extra };
            known.reference_dataset = session.reference_dataset.or(known.reference_dataset);
        };
        Ok(raw(ledger.update_session(workspace, id, change)?, false))
    })
}

pub(crate) async fn delete(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    let id = id_of("session_id", &id)?;
    change_ledger(&app, &caller, "projects:delete", |ledger, workspace| {
        ledger.delete_session(workspace, id)
    })?;
    Ok(reply::value(StatusCode::OK, &json!({})))
}

pub(crate) async fn read(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
    params: Params,
) -> Result<Response, ApiError> {
    caller.may("projects:read")?;
    let id = id_of("session_id", &id)?;
    let include_stats = params.flag("include_stats")?.unwrap_or(false);
    app.world.projects.read(|ledger| Ok(raw(ledger.session(caller.workspace.id, id)?, include_stats)))
}

pub(crate) async fn update(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
    bytes: Bytes,
) -> Result<Response, ApiError> {
    let id = id_of("session_id", &id)?;
    let update: SessionUpdate = body(&bytes)?;
    let ended = update.end_time.as_deref().map(|text| time_of("end_time", text)).transpose()?;
    let change = |session: &mut Session| {
        session.name = update.name.unwrap_or_else(|| session.name.clone());
        session.description = update.description.or_else(|| session.description.take());
        session.extra = update.extra.unwrap_or_else(|| session.extra.take());
        session.ended = ended.or(session.ended);
    };
    change_ledger(&app, &caller, "projects:update", |ledger, workspace| {
        Ok(raw(ledger.update_session(workspace, id, change)?, false))
    })
}

fn raw(session: &Session, include_stats: bool) -> Response {
    reply::raw(session.json(include_stats).to_owned())
}

/// `TracerSessionCreate`.
#[derive(Deserialize)]
struct NewSession {
    id: Option<Uuid>,
    name: Option<String>,
    description: Option<String>,
    start_time: Option<String>,
    end_time: Option<String>,
    #[serde(default)]
    extra: Value,
    reference_dataset_id: Option<Uuid>,
    num_examples: Option<u64>,
}

/// `TracerSessionUpdate`; absent or null fields stay.
#[derive(Deserialize)]
struct SessionUpdate {
    name: Option<String>,
    description: Option<String>,
    end_time: Option<String>,
    extra: Option<Value>,
}

impl NewSession {
    fn stored(self, workspace: Uuid, now: OffsetDateTime) -> Result<Session, ApiError> {
        let name = self.name.filter(|name| !name.trim().is_empty());
        let name = name.ok_or_else(|| refused("name", "String should have at least 1 character"))?;
        if !self.extra.is_null() && !self.extra.is_object() {
            return Err(refused("extra", "Input should be a valid dictionary"));
        }
        let started = self.start_time.as_deref().map(|text| time_of("start_time", text)).transpose()?;
        let started = started.unwrap_or(now);
        let id = self.id.unwrap_or_else(|| sample_id(&format!("project:{name}:{now}")));
        let mut session = Session::bare(id, workspace, name, started);
        session.description = self.description;
        session.ended = self.end_time.as_deref().map(|text| time_of("end_time", text)).transpose()?;
        session.extra = with_progress(self.extra, self.num_examples);
        session.reference_dataset = self.reference_dataset_id;
        Ok(session)
    }
}

/// LangChain's SDK says that the expected number of examples of an experiment is below `extra.__progress`. Assumed: the
/// name of this member.
fn with_progress(mut extra: Value, examples: Option<u64>) -> Value {
    if let Some(examples) = examples {
        if extra.is_null() {
            extra = json!({});
        }
        if let Some(members) = extra.as_object_mut() {
            members.insert("__progress".to_owned(), json!({"num_examples": examples}));
        }
    }
    extra
}
