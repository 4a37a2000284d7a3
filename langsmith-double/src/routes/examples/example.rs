//! `/examples`: listing, counting, reading, creating, updating and deleting. Description: a deletion is soft, so that
//! earlier versions of the dataset keep the example. Assumed: a request with several examples is atomic.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Extension, Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use bytes::Bytes;
use serde_json::json;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::auth::Caller;
use crate::clock;
use crate::datasets::{AsOf, Columns, ExampleUpdate, Stock, StoredExample, Version};
use crate::faults::Partly;
use crate::json::{body, id_of, refused};
use crate::params::Params;
use crate::reply::{self, ApiError};
use crate::routes::examples::new_example::{NewExample, checked};
use crate::routes::examples::query::ExampleQuery;
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
        let version = example.at(dataset.resolve_as_of(&as_of)?).ok_or(ApiError::NotFound("Example"))?;
        Ok(reply::raw(example.wire(version, Columns::ALL, &app.base)))
    })
}

/// The number of examples.
pub(crate) async fn count(
    State(app): State<Arc<App>>,
    caller: Caller,
    params: Params,
) -> Result<Response, ApiError> {
    caller.may("datasets:read")?;
    let query = ExampleQuery::read(&params)?;
    let count =
        app.world.datasets.read(|stock| Ok::<_, ApiError>(query.all(stock, caller.workspace.id)?.len()))?;
    Ok(reply::value(StatusCode::OK, &json!(count)))
}

pub(crate) async fn create(
    State(app): State<Arc<App>>,
    caller: Caller,
    bytes: Bytes,
) -> Result<Response, ApiError> {
    let created = add(&app, &caller, vec![body(&bytes)?], false)?;
    Ok(reply::raw(created.concat()))
}

/// Creates all of the examples or none, unless the fault [`Partly`] applies.
pub(crate) async fn create_bulk(
    State(app): State<Arc<App>>,
    caller: Caller,
    partly: Option<Extension<Partly>>,
    bytes: Bytes,
) -> Result<Response, ApiError> {
    let created = add(&app, &caller, body(&bytes)?, partly.is_some())?;
    Ok(reply::raw(reply::array(created.iter().map(String::as_str))))
}

fn add(app: &App, caller: &Caller, mut new: Vec<NewExample>, partly: bool) -> Result<Vec<String>, ApiError> {
    caller.may("datasets:update")?;
    fill(app, caller, &mut new)?;
    let created = app.world.datasets.write(clock::now(), |stock, at| {
        let examples = stored(stock, caller.workspace.id, new, at)?;
        stock.add_examples(examples.clone(), partly)?;
        Ok::<_, ApiError>(examples)
    })?;
    let wire = |example: &StoredExample| Some(example.wire(example.latest()?, Columns::ALL, &app.base));
    Ok(created.iter().filter_map(wire).collect())
}

/// Copies the requested inputs, outputs and files from the source runs.
pub(in crate::routes) fn fill(app: &App, caller: &Caller, new: &mut [NewExample]) -> Result<(), ApiError> {
    app.world
        .projects
        .read(|ledger| new.iter_mut().try_for_each(|example| example.fill(ledger, caller.workspace.id)))
}

/// The examples to store.
pub(in crate::routes) fn stored(
    stock: &Stock,
    workspace: Uuid,
    new: Vec<NewExample>,
    at: OffsetDateTime,
) -> Result<Vec<StoredExample>, ApiError> {
    let one = |(position, new): (usize, NewExample)| {
        let dataset = new.dataset_id.ok_or_else(|| refused("dataset_id", "Field required"))?;
        new.stored(stock.dataset(workspace, dataset)?, position, at)
    };
    new.into_iter().enumerate().map(one).collect()
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

/// Deletes all of the examples or none.
pub(crate) async fn delete_many(
    State(app): State<Arc<App>>,
    caller: Caller,
    params: Params,
) -> Result<Response, ApiError> {
    caller.may("datasets:update")?;
    let (ids, workspace) = (params.ids("example_ids")?, caller.workspace.id);
    app.world.datasets.write(clock::now(), |stock, at| {
        for id in &ids {
            stock.example(workspace, *id)?.1.latest().ok_or(ApiError::NotFound("Example"))?;
        }
        ids.iter().try_for_each(|id| stock.delete_example(workspace, *id, at))
    })?;
    Ok(reply::value(StatusCode::OK, &json!({"message": format!("{} examples deleted", ids.len())})))
}

/// Updates all of the examples or none.
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
        let versions = next_versions(stock, caller.workspace.id, updates.into_iter(), at)?;
        stock.add_versions(versions);
        Ok(())
    })
}

/// The next versions after updates, by example.
pub(in crate::routes) fn next_versions(
    stock: &Stock,
    workspace: Uuid,
    updates: impl Iterator<Item = ExampleUpdate>,
    at: OffsetDateTime,
) -> Result<BTreeMap<Uuid, Version>, ApiError> {
    let mut versions = BTreeMap::new();
    for update in updates {
        let id = update.id.ok_or_else(|| refused("id", "Field required"))?;
        let next = next_version(stock, workspace, id, (update, at))?;
        if versions.insert(id, next).is_some() {
            return Err(refused("id", "Each example can be updated once"));
        }
    }
    Ok(versions)
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
