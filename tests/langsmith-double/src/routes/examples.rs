//! `/examples`: listing, reading, creating and updating.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Extension, Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use bytes::Bytes;
use serde_json::json;
use time::OffsetDateTime;
use uuid::Uuid;

use super::examples_query::ExampleQuery;
use super::json::{body, id_of, refused};
use super::new_example::{NewExample, checked};
use crate::auth::Caller;
use crate::clock;
use crate::datasets::{AsOf, Columns, ExampleUpdate, Stock, Version};
use crate::faults::Partly;
use crate::params::Params;
use crate::reply::{self, ApiError};
use crate::state::App;

pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    params: Params,
) -> Result<Response, ApiError> {
    caller.may("datasets:read")?;
    let query = ExampleQuery::read(&params)?;
    let page = app.world.datasets.read(|stock| query.page(stock, caller.workspace.id, &app.base))?;
    Ok(reply::raw(reply::array(page.iter().map(String::as_str))))
}

pub(crate) async fn read(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
    params: Params,
) -> Result<Response, ApiError> {
    caller.may("datasets:read")?;
    let (id, as_of) = (id_of("example_id", &id)?, AsOf::parse(params.text("as_of")));
    app.world.datasets.read(|stock| {
        let (dataset, example) = stock.example(caller.workspace.id, id)?;
        let version = example.at(dataset.moment(&as_of)?).ok_or(ApiError::NotFound("Example"))?;
        Ok(reply::raw(example.wire(version, Columns::ALL, &app.base)))
    })
}

/// All of them or none, unless the request is to be carried out partly.
pub(crate) async fn create_bulk(
    State(app): State<Arc<App>>,
    caller: Caller,
    partly: Option<Extension<Partly>>,
    bytes: Bytes,
) -> Result<Response, ApiError> {
    caller.may("datasets:update")?;
    let new: Vec<NewExample> = body(&bytes)?;
    let workspace = caller.workspace.id;
    let created = app.world.datasets.write(clock::now(), |stock, at| {
        let mut stored = Vec::with_capacity(new.len());
        for (position, new) in new.into_iter().enumerate() {
            let dataset = stock.dataset(workspace, new.dataset_id)?;
            stored.push(new.stored(dataset, position, at)?);
        }
        stock.add_examples(stored.clone(), partly.is_some())?;
        Ok::<_, ApiError>(stored)
    })?;
    let wires: Vec<String> = created
        .iter()
        .filter_map(|example| Some(example.wire(example.latest()?, Columns::ALL, &app.base)))
        .collect();
    Ok(reply::raw(reply::array(wires.iter().map(String::as_str))))
}

pub(crate) async fn update(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
    bytes: Bytes,
) -> Result<Response, ApiError> {
    let id = id_of("example_id", &id)?;
    let mut update: ExampleUpdate = body(&bytes)?;
    update.id = Some(id);
    apply(&app, &caller, vec![update])?;
    Ok(reply::value(StatusCode::OK, &json!({"message": format!("Example {id} updated")})))
}

pub(crate) async fn delete(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    caller.may("datasets:update")?;
    let (id, workspace) = (id_of("example_id", &id)?, caller.workspace.id);
    app.world.datasets.write(clock::now(), |stock, at| stock.delete_example(workspace, id, at))?;
    Ok(reply::value(StatusCode::OK, &json!({"message": format!("Example {id} deleted")})))
}

/// All of them or none.
pub(crate) async fn update_bulk(
    State(app): State<Arc<App>>,
    caller: Caller,
    bytes: Bytes,
) -> Result<Response, ApiError> {
    let updates: Vec<ExampleUpdate> = body(&bytes)?;
    let count = updates.len();
    apply(&app, &caller, updates)?;
    Ok(reply::value(StatusCode::OK, &json!({"message": format!("{count} examples updated")})))
}

fn apply(app: &App, caller: &Caller, updates: Vec<ExampleUpdate>) -> Result<(), ApiError> {
    caller.may("datasets:update")?;
    app.world.datasets.write(clock::now(), |stock, at| {
        let mut versions = BTreeMap::new();
        for update in updates {
            let id = update.id.ok_or_else(|| refused("id", "Field required"))?;
            let next = next_version(stock, caller.workspace.id, id, (update, at))?;
            if versions.insert(id, next).is_some() {
                return Err(refused("id", "Each example can be updated once"));
            }
        }
        stock.add_versions(versions);
        Ok(())
    })
}

fn next_version(
    stock: &Stock,
    workspace: Uuid,
    id: Uuid,
    (update, at): (ExampleUpdate, OffsetDateTime),
) -> Result<Version, ApiError> {
    let (dataset, example) = stock.example(workspace, id)?;
    if update.overwrite {
        return Err(ApiError::BadRequest("This double does not know overwrite".to_owned()));
    }
    if update.dataset_id.is_some_and(|wanted| wanted != dataset.id) {
        return Err(ApiError::BadRequest("An example stays in its dataset".to_owned()));
    }
    checked("inputs", update.inputs.as_deref(), &dataset.inputs_schema)?;
    checked("outputs", update.outputs.as_deref(), &dataset.outputs_schema)?;
    let current = example.latest().ok_or(ApiError::NotFound("Example"))?;
    Ok(update.apply(current, at))
}
