//! `/datasets/{id}/splits`, and bulk changes of the metadata of examples. Description: the names in order; a change
//! answers with the ids. SDK: `update_dataset_splits`, `examples.update_metadata`; `PATCH
//! /v1/platform/datasets/{id}/examples/metadata` takes operations in either case, in order; it answers 207 with the
//! status of each example, and a missing list starts empty, that of the splits with `base`.

use std::collections::{BTreeMap, BTreeSet};
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
use crate::datasets::{AsOf, SPLITS, Stock, Version};
use crate::json::{body, refused};
use crate::params::Params;
use crate::reply::{self, ApiError};
use crate::routes::lookup::{change_dataset, in_dataset};
use crate::state::App;

pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
    params: Params,
) -> Result<Response, ApiError> {
    let as_of = AsOf::parse(params.text("as_of"));
    in_dataset(&app, &caller, &id, |stock, dataset| {
        let moment = dataset.resolve_as_of(&as_of)?;
        let versions = stock.examples(dataset.id).filter_map(|example| example.at(moment));
        let names: BTreeSet<&str> = versions.flat_map(Version::splits).collect();
        Ok(reply::value(StatusCode::OK, &json!(names)))
    })
}

/// The body of a change to one split.
#[derive(Deserialize)]
struct Change {
    split_name: String,
    examples: Vec<Uuid>,
    #[serde(default)]
    remove: bool,
}

pub(crate) async fn update(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
    bytes: Bytes,
) -> Result<Response, ApiError> {
    let Change { split_name, examples, remove } = body(&bytes)?;
    let values = vec![split_name.into()];
    let change = if remove { EditKind::Remove(values) } else { EditKind::Add(values) };
    let edit = Edit { key: SPLITS.to_owned(), change };
    change_dataset(&app, &caller, &id, |stock, id, at| apply(stock, id, &examples, &[edit], at))?;
    Ok(reply::value(StatusCode::OK, &json!(examples)))
}

/// `ExampleUpdateMetadataParams`.
#[derive(Deserialize)]
struct Changes {
    example_ids: Vec<Uuid>,
    operations: Vec<Operation>,
}

#[derive(Deserialize)]
struct Operation {
    key: String,
    operation: String,
    #[serde(default)]
    value: Value,
    #[serde(default)]
    values: Vec<Value>,
}

pub(crate) async fn update_metadata(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
    bytes: Bytes,
) -> Result<Response, ApiError> {
    let Changes { example_ids, operations } = body(&bytes)?;
    let edits: Vec<Edit> = operations.into_iter().map(Edit::read).collect::<Result<_, ApiError>>()?;
    let statuses = change_dataset(&app, &caller, &id, |stock, dataset, at| {
        let status = |id: &Uuid| match apply(stock, dataset, std::slice::from_ref(id), &edits, at) {
            Ok(()) => json!({"id": id, "status": "UPDATED"}),
            Err(error) => json!({"id": id, "status": "NOT_FOUND", "description": error.to_string()}),
        };
        Ok(example_ids.iter().map(status).collect::<Vec<Value>>())
    })?;
    Ok(reply::value(StatusCode::MULTI_STATUS, &json!({ "statuses": statuses })))
}

/// A change to one member of the metadata.
struct Edit {
    key: String,
    change: EditKind,
}

enum EditKind {
    Set(Value),
    Add(Vec<Value>),
    Remove(Vec<Value>),
}

impl Edit {
    fn read(operation: Operation) -> Result<Self, ApiError> {
        let change = match operation.operation.to_lowercase().as_str() {
            "set" => EditKind::Set(operation.value),
            "array_add" => EditKind::Add(operation.values),
            "array_remove" => EditKind::Remove(operation.values),
            _ => return Err(refused("operation", "Input should be 'SET', 'ARRAY_ADD' or 'ARRAY_REMOVE'")),
        };
        Ok(Self { key: operation.key, change })
    }

    fn apply(&self, version: &mut Version) {
        let (values, adds) = match &self.change {
            EditKind::Set(value) => {
                version.metadata.insert(self.key.clone(), value.clone());
                return;
            }
            EditKind::Add(values) => (values, true),
            EditKind::Remove(values) => (values, false),
        };
        let start = if self.key == SPLITS { vec![json!("base")] } else { Vec::new() };
        let mut list = match version.metadata.remove(&self.key) {
            Some(Value::Array(list)) => list,
            _ => start,
        };
        list.retain(|value| !values.contains(value));
        if adds {
            list.extend(values.iter().cloned());
        }
        version.metadata.insert(self.key.clone(), list.into());
    }
}

fn apply(
    stock: &mut Stock,
    dataset: Uuid,
    examples: &[Uuid],
    edits: &[Edit],
    at: OffsetDateTime,
) -> Result<(), ApiError> {
    let mut versions = BTreeMap::new();
    for id in examples {
        let current = stock.example_of(dataset, *id)?.latest().ok_or(ApiError::NotFound("Example"))?;
        let mut next = Version { at, ..current.clone() };
        for edit in edits {
            edit.apply(&mut next);
        }
        versions.insert(*id, next);
    }
    stock.add_versions(versions);
    Ok(())
}
