//! `/feedback` on runs. A feedback that brings the id of an earlier one replaces it.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};
use time::OffsetDateTime;
use uuid::Uuid;

use super::json::{body, id_of, refused};
use crate::auth::Caller;
use crate::clock;
use crate::data::sample_id;
use crate::params::Params;
use crate::projects::{Ledger, StoredFeedback};
use crate::reply::{self, ApiError};
use crate::state::App;

const MAX_KEY: usize = 180;

pub(crate) async fn create(
    State(app): State<Arc<App>>,
    caller: Caller,
    bytes: Bytes,
) -> Result<Response, ApiError> {
    caller.may("feedback:create")?;
    let new: NewFeedback = body(&bytes)?;
    app.world.projects.write(|ledger| {
        let mut feedback = new.stored(ledger, caller.workspace.id, clock::now())?;
        if app.service.four_decimals {
            feedback.round();
        }
        let wire = feedback.wire();
        ledger.put_feedback(feedback)?;
        Ok(reply::value(StatusCode::OK, &wire))
    })
}

pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    params: Params,
) -> Result<Response, ApiError> {
    caller.may("feedback:read")?;
    let (runs, sessions) = (params.ids("run")?, params.ids("session")?);
    let keys: Vec<&str> = params.all("key").collect();
    let (limit, offset) = (params.limit(100)?, params.offset()?);
    let keeps = |feedback: &&StoredFeedback| {
        (runs.is_empty() || runs.contains(&feedback.run))
            && (sessions.is_empty() || sessions.contains(&feedback.session))
            && (keys.is_empty() || keys.contains(&feedback.key.as_str()))
    };
    let page: Vec<Value> = app.world.projects.read(|ledger| {
        let mut found: Vec<&StoredFeedback> = ledger.feedback(caller.workspace.id).filter(keeps).collect();
        found.sort_by_key(|feedback| std::cmp::Reverse(feedback.created));
        found.into_iter().skip(offset).take(limit).map(StoredFeedback::wire).collect()
    });
    Ok(reply::value(StatusCode::OK, &json!(page)))
}

pub(crate) async fn read(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    caller.may("feedback:read")?;
    let id = id_of("feedback_id", &id)?;
    app.world.projects.read(|ledger| {
        let found = ledger.feedback(caller.workspace.id).find(|feedback| feedback.id == id);
        let found = found.ok_or(ApiError::NotFound("Feedback"))?;
        Ok(reply::value(StatusCode::OK, &found.wire()))
    })
}

/// `FeedbackCreateSchema`.
#[derive(Deserialize)]
struct NewFeedback {
    id: Option<Uuid>,
    key: String,
    #[serde(default)]
    score: Value,
    #[serde(default)]
    value: Value,
    comment: Option<String>,
    run_id: Option<Uuid>,
    session_id: Option<Uuid>,
    trace_id: Option<Uuid>,
    #[serde(default)]
    feedback_source: Value,
}

impl NewFeedback {
    fn stored(
        self,
        ledger: &Ledger,
        workspace: Uuid,
        now: OffsetDateTime,
    ) -> Result<StoredFeedback, ApiError> {
        if self.key.is_empty() || self.key.chars().count() > MAX_KEY {
            return Err(refused("key", "String should have 1 to 180 characters"));
        }
        if !matches!(self.score, Value::Null | Value::Bool(_) | Value::Number(_)) {
            return Err(refused("score", "Input should be a valid number"));
        }
        if self.value.is_array() {
            return Err(refused("value", "Input should be a valid dictionary"));
        }
        let run = self.run_id.ok_or_else(|| refused("run_id", "This double knows feedback on runs only"))?;
        let (session, run) = ledger.run(workspace, run)?;
        if self.session_id.is_some_and(|id| id != session.id) {
            return Err(refused("session_id", "The run is in another project"));
        }
        if self.trace_id.is_some_and(|id| id != run.facts.trace) {
            return Err(refused("trace_id", "The run is in another trace"));
        }
        Ok(StoredFeedback {
            id: self
                .id
                .unwrap_or_else(|| sample_id(&format!("feedback:{}:{}:{now}", run.facts.id, self.key))),
            workspace,
            session: session.id,
            run: run.facts.id,
            trace: run.facts.trace,
            key: self.key,
            score: self.score,
            value: self.value,
            comment: self.comment,
            source: self.feedback_source,
            created: now,
        })
    }
}
