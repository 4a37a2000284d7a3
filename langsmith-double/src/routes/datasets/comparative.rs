//! `/datasets/comparative`: experiments side by side. Description: they are on one dataset. Assumed: the dataset is
//! that of the first experiment if none is named, and experiments on another one are refused with 400.

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
use crate::data::sample_id;
use crate::json::{body, id_of, refused};
use crate::reply::{self, ApiError};
use crate::state::App;

/// `ComparativeExperimentCreate`.
#[derive(Deserialize)]
struct Creation {
    id: Option<Uuid>,
    experiment_ids: Vec<Uuid>,
    name: Option<String>,
    description: Option<String>,
    reference_dataset_id: Option<Uuid>,
    #[serde(default)]
    extra: Value,
}

pub(crate) async fn create(
    State(app): State<Arc<App>>,
    caller: Caller,
    bytes: Bytes,
) -> Result<Response, ApiError> {
    caller.may("projects:create")?;
    let new: Creation = body(&bytes)?;
    let workspace = caller.workspace.id;
    let dataset = app.world.projects.read(|ledger| {
        let mut dataset = new.reference_dataset_id;
        for id in &new.experiment_ids {
            let own = ledger.session(workspace, *id)?.reference_dataset;
            if own.is_none() || dataset.is_some_and(|dataset| own != Some(dataset)) {
                return Err(ApiError::BadRequest("The experiments are on different datasets".to_owned()));
            }
            dataset = own;
        }
        dataset.ok_or_else(|| refused("experiment_ids", "List should have at least 1 item"))
    })?;
    let now = clock::now();
    let id = new.id.unwrap_or_else(|| sample_id(&format!("comparison:{now}")));
    app.world.comparisons.lock().push((workspace, id));
    let answer = json!({
        "id": id,
        "name": new.name,
        "description": new.description,
        "tenant_id": workspace,
        "created_at": zoned(now),
        "modified_at": zoned(now),
        "reference_dataset_id": dataset,
        "extra": new.extra,
    });
    Ok(reply::value(StatusCode::OK, &answer))
}

pub(crate) async fn delete(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    caller.may("projects:delete")?;
    let id = id_of("comparative_experiment_id", &id)?;
    if app.world.comparisons.remove(|known| *known == (caller.workspace.id, id)) {
        Ok(reply::value(StatusCode::OK, &json!({})))
    } else {
        Err(ApiError::NotFound("Comparative experiment"))
    }
}
