//! `PATCH` and `DELETE /datasets/{id}`. Description: absent fields stay, null clears. Assumed: a deleted dataset's
//! experiments remain as projects.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use bytes::Bytes;
use serde_json::{Map, Value, json};

use crate::auth::Caller;
use crate::datasets::{Experiments, StoredDataset};
use crate::json::{body, name_of};
use crate::reply::{self, ApiError};
use crate::routes::lookup::change_dataset;
use crate::state::App;

pub(crate) async fn update(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
    bytes: Bytes,
) -> Result<Response, ApiError> {
    let mut update: Map<String, Value> = body(&bytes)?;
    let name = name_of(update.remove("name"))?;
    let description = update.remove("description");
    let workspace = caller.workspace.id;
    change_dataset(&app, &caller, &id, |stock, id, at| {
        if let Some(name) = &name {
            stock.check_name(workspace, name, Some(id))?;
        }
        let count = stock.examples(id).filter(|example| example.latest().is_some()).count();
        let change = |dataset: &mut StoredDataset| {
            dataset.name = name.unwrap_or_else(|| std::mem::take(&mut dataset.name));
            if let Some(description) = description {
                dataset.description = description.as_str().map(str::to_owned);
            }
            for (member, place) in [
                ("metadata", &mut dataset.metadata),
                ("inputs_schema_definition", &mut dataset.inputs_schema),
                ("outputs_schema_definition", &mut dataset.outputs_schema),
                ("transformations", &mut dataset.transformations),
            ] {
                if let Some(value) = update.remove(member) {
                    *place = value;
                }
            }
        };
        let dataset = stock.update_dataset(workspace, id, at, change)?;
        Ok(reply::value(StatusCode::OK, &dataset.wire(count, Experiments::on(dataset, &app.world))))
    })
}

pub(crate) async fn delete(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    caller.may("datasets:delete")?;
    change_dataset(&app, &caller, &id, |stock, id, _| {
        stock.delete_dataset(caller.workspace.id, id)?;
        Ok(reply::value(StatusCode::OK, &json!({})))
    })
}
