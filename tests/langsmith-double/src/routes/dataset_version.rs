//! `GET /datasets/{id}/version`: the version of a dataset at a time or with a tag.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;

use super::json::id_of;
use crate::auth::Caller;
use crate::data::moment::zoned;
use crate::datasets::AsOf;
use crate::params::Params;
use crate::reply::{self, ApiError};
use crate::state::App;

/// Assumed: a dataset that never had an example has no version.
pub(crate) async fn read(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
    params: Params,
) -> Result<Response, ApiError> {
    caller.may("datasets:read")?;
    let id = id_of("dataset_id", &id)?;
    let asked = AsOf::parse(params.text("tag").or(params.text("as_of")));
    app.world.datasets.read(|stock| {
        let dataset = stock.dataset(caller.workspace.id, id)?;
        let until = dataset.moment(&asked)?;
        let versions = stock.examples(id).flat_map(|example| &example.versions);
        let newest = versions.map(|version| version.at).filter(|at| *at <= until).max();
        let newest = newest.ok_or(ApiError::NotFound("Dataset version"))?;
        let tags: Vec<&String> =
            dataset.tags.iter().filter(|(_, at)| **at == newest).map(|(tag, _)| tag).collect();
        Ok(reply::value(StatusCode::OK, &json!({"as_of": zoned(newest), "tags": tags})))
    })
}
