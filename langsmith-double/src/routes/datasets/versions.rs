//! `/datasets/{id}/version`, `/versions`, `/versions/diff` and `/tags`. LangChain's SDK: every change of an example
//! creates a version, identified by its time; `latest` is the tag of the newest one, and setting another tag moves it
//! to the version with exactly the given time.

use std::collections::BTreeSet;
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
use crate::data::moment::zoned;
use crate::datasets::{AsOf, Stock, StoredDataset};
use crate::json::{body, refused};
use crate::params::{Params, invalid};
use crate::reply::{self, ApiError};
use crate::routes::lookup::{change_dataset, in_dataset};
use crate::state::App;

/// Assumed: a dataset that never had an example has no version.
pub(crate) async fn read(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
    params: Params,
) -> Result<Response, ApiError> {
    let asked = AsOf::parse(params.text("tag").or(params.text("as_of")));
    in_dataset(&app, &caller, &id, |stock, dataset| {
        let until = dataset.resolve_as_of(&asked)?;
        let moments = stock.moments(dataset.id);
        let found = moments.range(..=until).next_back().copied();
        let found = found.ok_or(ApiError::NotFound("Dataset version"))?;
        Ok(reply::value(StatusCode::OK, &version(dataset, found, moments.last().copied())))
    })
}

/// Lists the versions, newest first. `search` is a substring of a tag.
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
    params: Params,
) -> Result<Response, ApiError> {
    let (limit, offset, examples) = (params.limit(100)?, params.offset()?, params.ids("example")?);
    let search = params.text("search").filter(|text| !text.is_empty());
    in_dataset(&app, &caller, &id, |stock, dataset| {
        let newest = stock.moments(dataset.id).last().copied();
        let moments: BTreeSet<OffsetDateTime> = match examples.first() {
            None => stock.moments(dataset.id),
            Some(id) => stock.example_of(dataset.id, *id)?.moments().collect(),
        };
        let found = moments.into_iter().rev().filter(|at| {
            search.is_none_or(|text| {
                dataset.tags.iter().any(|(tag, tagged)| tagged == at && tag.contains(text))
            })
        });
        let page: Vec<Value> =
            found.skip(offset).take(limit).map(|at| version(dataset, at, newest)).collect();
        Ok(reply::value(StatusCode::OK, &json!(page)))
    })
}

/// `PutDatasetVersionsSchema`.
#[derive(Deserialize)]
struct Tagging {
    as_of: String,
    tag: String,
}

pub(crate) async fn tag(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
    bytes: Bytes,
) -> Result<Response, ApiError> {
    let Tagging { as_of, tag } = body(&bytes)?;
    change_dataset(&app, &caller, &id, |stock, id, at| {
        let moments = stock.moments(id);
        let asked = match AsOf::parse(Some(&as_of)) {
            AsOf::Latest => moments.last().copied(),
            other => Some(stock.dataset(caller.workspace.id, id)?.resolve_as_of(&other)?),
        };
        let exact = asked.filter(|at| moments.contains(at));
        let exact = exact.ok_or_else(|| refused("as_of", "is not a version of the dataset"))?;
        let put = |dataset: &mut StoredDataset| {
            dataset.tags.insert(tag, exact);
        };
        let dataset = stock.update_dataset(caller.workspace.id, id, at, put)?;
        Ok(reply::value(StatusCode::OK, &version(dataset, exact, moments.last().copied())))
    })
}

pub(crate) async fn diff(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
    params: Params,
) -> Result<Response, ApiError> {
    let bound = |name| {
        let text = params.text(name).ok_or_else(|| invalid(name, "Field required"))?;
        Ok::<_, ApiError>(AsOf::parse(Some(text)))
    };
    let (from, to) = (bound("from_version")?, bound("to_version")?);
    in_dataset(&app, &caller, &id, |stock, dataset| {
        let (from, to) = (dataset.resolve_as_of(&from)?, dataset.resolve_as_of(&to)?);
        Ok(reply::value(StatusCode::OK, &difference(stock, dataset.id, from, to)))
    })
}

fn difference(stock: &Stock, dataset: Uuid, from: OffsetDateTime, to: OffsetDateTime) -> Value {
    let [mut added, mut removed, mut modified] = [const { Vec::new() }; 3];
    for example in stock.examples(dataset) {
        match (example.at(from), example.at(to)) {
            (None, Some(_)) => added.push(example.id),
            (Some(_), None) => removed.push(example.id),
            (Some(before), Some(after)) if before.at != after.at => modified.push(example.id),
            _ => {}
        }
    }
    json!({"examples_added": added, "examples_removed": removed, "examples_modified": modified})
}

fn version(dataset: &StoredDataset, at: OffsetDateTime, newest: Option<OffsetDateTime>) -> Value {
    let named = dataset.tags.iter().filter(|(_, tagged)| **tagged == at).map(|(tag, _)| tag.as_str());
    let latest = (newest == Some(at)).then_some("latest");
    let tags: Vec<&str> = latest.into_iter().chain(named).collect();
    json!({"as_of": zoned(at), "tags": tags})
}
