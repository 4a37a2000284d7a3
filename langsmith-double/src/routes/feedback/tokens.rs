//! `/feedback/tokens`: links through which somebody without a key leaves feedback. Description: one body makes one
//! token, a list makes several; a token takes feedback by `POST` with a body or by `GET` with a query. Assumed: the
//! default lifetime is three hours, and an expired or unknown token is answered 404.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use crate::auth::Caller;
use crate::clock;
use crate::data::sample_id;
use crate::json::{body, id_of, refused, time_of};
use crate::params::{Params, invalid};
use crate::projects::NewFeedback;
use crate::reply::{self, ApiError};
use crate::review::FeedbackToken;
use crate::state::App;

const HOLDS: Duration = Duration::hours(3);

/// `FeedbackIngestTokenCreateSchema`.
#[derive(Deserialize)]
struct Creation {
    run_id: Uuid,
    feedback_key: String,
    expires_in: Option<Delta>,
    expires_at: Option<String>,
    feedback_id: Option<Uuid>,
}

/// `TimedeltaInput`.
#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct Delta {
    days: i64,
    hours: i64,
    minutes: i64,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Creations {
    Several(Vec<Creation>),
    One(Creation),
}

pub(crate) async fn create(
    State(app): State<Arc<App>>,
    caller: Caller,
    bytes: Bytes,
) -> Result<Response, ApiError> {
    caller.may("feedback:create")?;
    let (new, several) = match body(&bytes)? {
        Creations::Several(new) => (new, true),
        Creations::One(new) => (vec![new], false),
    };
    let workspace = caller.workspace.id;
    app.world
        .projects
        .read(|ledger| new.iter().try_for_each(|new| ledger.run(workspace, new.run_id).map(|_| ())))?;
    let mut tokens = app.world.feedback_tokens.lock();
    let mut wires = Vec::with_capacity(new.len());
    for new in new {
        let token = new.token(workspace, tokens.len())?;
        wires.push(token.wire(&app.base));
        tokens.push(token);
    }
    let answer = if several { json!(wires) } else { json!(wires.pop()) };
    Ok(reply::value(StatusCode::OK, &answer))
}

impl Creation {
    fn token(self, workspace: Uuid, number: usize) -> Result<FeedbackToken, ApiError> {
        let now = clock::now();
        let expires = match (self.expires_at, self.expires_in) {
            (Some(at), _) => time_of("expires_at", &at)?,
            (None, Some(Delta { days, hours, minutes })) => {
                let minutes = days
                    .saturating_mul(1440)
                    .saturating_add(hours.saturating_mul(60))
                    .saturating_add(minutes);
                let wrong = || refused("expires_in", "Input should be a shorter time");
                now.checked_add(Duration::minutes(minutes.clamp(0, 525_600_000))).ok_or_else(wrong)?
            }
            (None, None) => now + HOLDS,
        };
        let id =
            self.feedback_id.unwrap_or_else(|| sample_id(&format!("token:{}:{number}:{now}", self.run_id)));
        Ok(FeedbackToken { id, workspace, run: self.run_id, key: self.feedback_key, expires })
    }
}

pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    params: Params,
) -> Result<Response, ApiError> {
    caller.may("feedback:read")?;
    let run = params.ids("run_id")?.pop().ok_or_else(|| invalid("run_id", "Field required"))?;
    let (limit, offset) = (params.limit(100)?, params.offset()?);
    let tokens = app.world.feedback_tokens.lock();
    let found = tokens.iter().filter(|token| token.workspace == caller.workspace.id && token.run == run);
    let page: Vec<Value> = found.skip(offset).take(limit).map(|token| token.wire(&app.base)).collect();
    Ok(reply::value(StatusCode::OK, &json!(page)))
}

/// `FeedbackCreateWithTokenExtendedSchema`.
#[derive(Deserialize)]
struct Left {
    #[serde(default)]
    score: Value,
    #[serde(default)]
    value: Value,
    #[serde(default)]
    comment: Value,
    #[serde(default)]
    correction: Value,
    #[serde(default)]
    metadata: Value,
}

pub(crate) async fn leave(
    State(app): State<Arc<App>>,
    Path(token): Path<String>,
    bytes: Bytes,
) -> Result<Response, ApiError> {
    store(&app, &token, body(&bytes)?)
}

pub(crate) async fn leave_by_query(
    State(app): State<Arc<App>>,
    Path(token): Path<String>,
    params: Params,
) -> Result<Response, ApiError> {
    // A score is a number or a boolean; anything else becomes a string, which is refused below.
    let read = |name| {
        params.text(name).map_or(Value::Null, |text| serde_json::from_str(text).unwrap_or(json!(text)))
    };
    let text = |name| json!(params.text(name));
    let left = Left {
        score: read("score"),
        value: text("value"),
        comment: text("comment"),
        correction: text("correction"),
        metadata: Value::Null,
    };
    store(&app, &token, left)
}

fn store(app: &App, token: &str, left: Left) -> Result<Response, ApiError> {
    let id = id_of("token", token)?;
    let now: OffsetDateTime = clock::now();
    let token =
        app.world.feedback_tokens.lock().iter().find(|token| token.id == id && token.expires > now).cloned();
    let token = token.ok_or(ApiError::NotFound("Feedback token"))?;
    let new = NewFeedback {
        id: Some(token.id),
        key: token.key,
        score: left.score,
        value: left.value,
        comment: left.comment,
        correction: left.correction,
        run_id: Some(token.run),
        session_id: None,
        trace_id: None,
        comparative_experiment_id: None,
        feedback_group_id: None,
        feedback_source: json!({"type": "api", "metadata": left.metadata}),
        extra: Value::Null,
    };
    let decimals = app.service.four_decimals;
    app.world.projects.write(|ledger| {
        ledger.run(token.workspace, token.run)?;
        ledger.receive(token.workspace, new, now, decimals)
    })?;
    Ok(reply::value(StatusCode::OK, &json!({})))
}
