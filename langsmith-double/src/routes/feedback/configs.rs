//! `/feedback-configs`: the meanings of feedback keys. SDK: `create_feedback_config`; an identical configuration is
//! answered unchanged, another one of the same key is refused with 400, "already exists"; a deletion is soft, so that
//! the key can be reused. Description: `DELETE` answers 204. Assumed: workspaces have no enforced configurations.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::auth::Caller;
use crate::clock;
use crate::json::{body, refused};
use crate::params::{Params, invalid};
use crate::reply::{self, ApiError};
use crate::review::{Categories, FeedbackConfig};
use crate::state::App;

const TYPES: [&str; 3] = ["continuous", "categorical", "freeform"];

/// `CreateFeedbackConfigSchema`.
#[derive(Deserialize)]
struct Creation {
    feedback_key: String,
    feedback_config: Value,
    is_lower_score_better: Option<bool>,
}

pub(crate) async fn create(
    State(app): State<Arc<App>>,
    caller: Caller,
    bytes: Bytes,
) -> Result<Response, ApiError> {
    caller.may("feedback:create")?;
    let new: Creation = body(&bytes)?;
    let config = checked(new.feedback_config)?;
    let mut configs = app.world.feedback_configs.lock();
    if let Some(known) = find(&mut configs, &caller, &new.feedback_key) {
        if known.config == config {
            return Ok(reply::value(StatusCode::OK, &known.wire()));
        }
        return Err(ApiError::BadRequest("Feedback config already exists".to_owned()));
    }
    let new = FeedbackConfig {
        workspace: caller.workspace.id,
        key: new.feedback_key,
        config,
        lower_is_better: new.is_lower_score_better,
        modified: clock::now(),
    };
    let wire = new.wire();
    configs.push(new);
    Ok(reply::value(StatusCode::OK, &wire))
}

pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    params: Params,
) -> Result<Response, ApiError> {
    caller.may("feedback:read")?;
    let (limit, offset) = (params.limit(100)?, params.offset()?);
    let keys: Vec<&str> = params.all("key").collect();
    let part = params.text("name_contains").unwrap_or_default();
    let configs = app.world.feedback_configs.lock();
    let own = configs.iter().filter(|config| config.workspace == caller.workspace.id);
    let found = own.filter(|config| {
        (keys.is_empty() || keys.contains(&config.key.as_str())) && config.key.contains(part)
    });
    let page: Vec<Value> = found.skip(offset).take(limit).map(FeedbackConfig::wire).collect();
    Ok(reply::value(StatusCode::OK, &json!(page)))
}

/// `UpdateFeedbackConfigSchema`, with the categories that LangChain's SDK 0.15.1 adds and removes.
#[derive(Deserialize)]
struct Update {
    feedback_key: String,
    feedback_config: Option<Value>,
    is_lower_score_better: Option<bool>,
    #[serde(flatten)]
    categories: Categories,
}

pub(crate) async fn update(
    State(app): State<Arc<App>>,
    caller: Caller,
    bytes: Bytes,
) -> Result<Response, ApiError> {
    caller.may("feedback:update")?;
    let update: Update = body(&bytes)?;
    let mut configs = app.world.feedback_configs.lock();
    let known = find(&mut configs, &caller, &update.feedback_key);
    let known = known.ok_or(ApiError::NotFound("Feedback config"))?;
    if let Some(config) = update.feedback_config {
        known.config = checked(config)?;
    }
    known.recategorize(update.categories)?;
    known.lower_is_better = update.is_lower_score_better.or(known.lower_is_better);
    known.modified = clock::now();
    Ok(reply::value(StatusCode::OK, &known.wire()))
}

pub(crate) async fn delete(
    State(app): State<Arc<App>>,
    caller: Caller,
    params: Params,
) -> Result<Response, ApiError> {
    caller.may("feedback:delete")?;
    let ids = params.ids("id")?;
    let key = params.text("feedback_key");
    if key.is_none() && ids.is_empty() {
        return Err(invalid("feedback_key", "Field required"));
    }
    let is_meant = |known: &FeedbackConfig| {
        known.workspace == caller.workspace.id
            && (key == Some(known.key.as_str()) || ids.contains(&known.id()))
    };
    if app.world.feedback_configs.remove(is_meant) {
        Ok(StatusCode::NO_CONTENT.into_response())
    } else {
        Err(ApiError::NotFound("Feedback config"))
    }
}

/// The configuration of a feedback key in the caller's workspace.
fn find<'c>(configs: &'c mut [FeedbackConfig], caller: &Caller, key: &str) -> Option<&'c mut FeedbackConfig> {
    configs.iter_mut().find(|known| known.workspace == caller.workspace.id && known.key == key)
}

fn checked(config: Value) -> Result<Value, ApiError> {
    let is_known = config.get("type").and_then(Value::as_str).is_some_and(|kind| TYPES.contains(&kind));
    is_known.then_some(config).ok_or_else(|| refused("feedback_config", "Input should be a known type"))
}
