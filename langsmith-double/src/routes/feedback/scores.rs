//! `/feedback` on runs and on whole experiments. Assumed: a feedback with an existing id replaces the earlier one.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::auth::Caller;
use crate::clock;
use crate::json::{body, id_of, refused};
use crate::params::Params;
use crate::projects::{Ledger, NewFeedback, StoredFeedback};
use crate::reply::{self, ApiError};
use crate::routes::lookup::change_ledger;
use crate::state::App;

/// Also `POST /feedback/eager`. Description: the same, deprecated.
pub(crate) async fn create(
    State(app): State<Arc<App>>,
    caller: Caller,
    bytes: Bytes,
) -> Result<Response, ApiError> {
    change_ledger(&app, &caller, "feedback:create", |ledger, workspace| {
        let new: NewFeedback = body(&bytes)?;
        let mut feedback = new.stored(ledger, workspace, clock::now())?;
        if app.service.four_decimals {
            feedback.verdict.round();
        }
        put(ledger, feedback)
    })
}

pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    params: Params,
) -> Result<Response, ApiError> {
    caller.may("feedback:read")?;
    let (runs, sessions) = (params.ids("run")?, params.ids("session")?);
    let comparisons = params.ids("comparative_experiment_id")?;
    let keys: Vec<&str> = params.all("key").collect();
    let sources: Vec<&str> = params.all("source").collect();
    let (limit, offset) = (params.limit(100)?, params.offset()?);
    let keeps = |feedback: &&StoredFeedback| {
        (runs.is_empty() || feedback.run.is_some_and(|run| runs.contains(&run)))
            && (sessions.is_empty() || sessions.contains(&feedback.session))
            && (comparisons.is_empty() || feedback.comparative.is_some_and(|id| comparisons.contains(&id)))
            && (keys.is_empty() || keys.contains(&feedback.key.as_str()))
            && (sources.is_empty()
                || feedback
                    .source
                    .get("type")
                    .and_then(Value::as_str)
                    .is_some_and(|kind| sources.contains(&kind)))
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
        let found = ledger.feedback_with_id(caller.workspace.id, id)?;
        Ok(reply::value(StatusCode::OK, &found.wire()))
    })
}

/// `FeedbackUpdateSchema`.
#[derive(Deserialize)]
struct Update(Map<String, Value>);

/// LangChain's SDK 0.15.1, `update_feedback`: absent fields stay, null clears, and a score with more than four decimals
/// is refused. Assumed: with 422.
pub(crate) async fn update(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
    bytes: Bytes,
) -> Result<Response, ApiError> {
    change_ledger(&app, &caller, "feedback:update", |ledger, workspace| {
        let id = id_of("feedback_id", &id)?;
        let Update(mut update) = body(&bytes)?;
        let mut next = ledger.feedback_with_id(workspace, id)?.clone();
        let verdict = &mut next.verdict;
        for (name, place) in [
            ("score", &mut verdict.score),
            ("value", &mut verdict.value),
            ("comment", &mut verdict.comment),
            ("correction", &mut verdict.correction),
        ] {
            if let Some(value) = update.remove(name) {
                *place = value;
            }
        }
        verdict.check()?;
        if app.service.four_decimals {
            let asked = verdict.score.clone();
            verdict.round();
            if verdict.score != asked {
                return Err(refused("score", "Decimal input should have no more than 4 decimal places"));
            }
        }
        next.modified = clock::now();
        put(ledger, next)
    })
}

pub(crate) async fn delete(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    change_ledger(&app, &caller, "feedback:delete", |ledger, workspace| {
        ledger.delete_feedback(workspace, id_of("feedback_id", &id)?)
    })?;
    Ok(reply::value(StatusCode::OK, &json!({})))
}

fn put(ledger: &mut Ledger, feedback: StoredFeedback) -> Result<Response, ApiError> {
    let wire = feedback.wire();
    ledger.put_feedback(feedback)?;
    Ok(reply::value(StatusCode::OK, &wire))
}
