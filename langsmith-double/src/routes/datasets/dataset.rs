//! `/datasets`: listing, reading and creating. Description: `Dataset`, and the columns by which a list can be sorted.

use std::cmp::Ordering;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::Value;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::auth::Caller;
use crate::clock;
use crate::data::sample_id;
use crate::datasets::{DATA_TYPES, Experiments, Stock, StoredDataset, Tags};
use crate::json::{body, contained, contains, refused, time_of};
use crate::params::{Params, invalid};
use crate::reply::{self, ApiError};
use crate::routes::lookup::in_dataset;
use crate::state::App;

pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    params: Params,
) -> Result<Response, ApiError> {
    caller.may("datasets:read")?;
    let (limit, offset, ids) = (params.limit(100)?, params.offset()?, params.ids("id")?);
    let types: Vec<&str> = params.all("data_type").collect();
    if types.iter().any(|known| !DATA_TYPES.contains(known)) {
        return Err(invalid("data_type", "Input should be 'kv', 'llm' or 'chat'"));
    }
    let name = params.text("name");
    let part = params.text("name_contains").map(str::to_lowercase);
    let metadata = contained(&params)?;
    let order = comparison(params.text("sort_by").unwrap_or("last_session_start_time"))?;
    let descending = params.flag("sort_by_desc")?.unwrap_or(true);
    let keeps = |dataset: &&StoredDataset| {
        (ids.is_empty() || ids.contains(&dataset.id))
            && (types.is_empty() || types.contains(&dataset.data_type))
            && name.is_none_or(|name| dataset.name == name)
            && part.as_ref().is_none_or(|part| dataset.name.to_lowercase().contains(part))
            && metadata.as_ref().is_none_or(|wanted| contains(&dataset.metadata, wanted))
    };
    let page: Vec<String> = app.world.datasets.read(|stock| {
        let listed = stock.datasets(caller.workspace.id).filter(keeps);
        let mut found: Vec<Listed<'_>> = listed.map(|dataset| Listed::new(dataset, stock, &app)).collect();
        found.sort_by(|left, right| order(left, right));
        if descending {
            found.reverse();
        }
        found.iter().skip(offset).take(limit).map(Listed::wire).collect()
    });
    Ok(reply::raw(reply::array(page.iter().map(String::as_str))))
}

pub(crate) async fn read(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    in_dataset(&app, &caller, &id, |stock, dataset| Ok(reply::raw(Listed::new(dataset, stock, &app).wire())))
}

pub(crate) async fn create(
    State(app): State<Arc<App>>,
    caller: Caller,
    bytes: Bytes,
) -> Result<Response, ApiError> {
    caller.may("datasets:create")?;
    let new: NewDataset = body(&bytes)?;
    let dataset = app.world.datasets.write(clock::now(), |stock, at| {
        let dataset = new.stored(caller.workspace.id, at)?;
        stock.add_dataset(dataset.clone())?;
        Ok::<_, ApiError>(dataset)
    })?;
    Ok(reply::value(StatusCode::OK, &dataset.wire(0, Experiments { count: 0, last: None })))
}

/// A dataset with the numbers by which a listing can be sorted.
pub(in crate::routes) struct Listed<'a> {
    dataset: &'a StoredDataset,
    examples: usize,
    experiments: Experiments,
}

impl<'a> Listed<'a> {
    pub(in crate::routes) fn new(dataset: &'a StoredDataset, stock: &Stock, app: &App) -> Self {
        let experiments = Experiments::on(dataset, &app.world);
        let examples = stock.examples(dataset.id).filter(|example| example.latest().is_some()).count();
        Self { dataset, examples, experiments }
    }

    /// The dataset as JSON.
    pub(in crate::routes) fn wire(&self) -> String {
        self.dataset.wire(self.examples, self.experiments).to_string()
    }
}

type Comparison = fn(&Listed<'_>, &Listed<'_>) -> Ordering;

fn comparison(column: &str) -> Result<Comparison, ApiError> {
    let by: Comparison = match column {
        "name" => |left, right| left.dataset.name.cmp(&right.dataset.name),
        "created_at" => |left, right| left.dataset.created.cmp(&right.dataset.created),
        "modified_at" => |left, right| left.dataset.modified.cmp(&right.dataset.modified),
        "last_session_start_time" => |left, right| left.experiments.last.cmp(&right.experiments.last),
        "example_count" => |left, right| left.examples.cmp(&right.examples),
        "session_count" => |left, right| left.experiments.count.cmp(&right.experiments.count),
        _ => return Err(invalid("sort_by", "Input should be a sortable column")),
    };
    Ok(by)
}

/// `DatasetCreate`.
#[derive(Deserialize)]
pub(in crate::routes) struct NewDataset {
    id: Option<Uuid>,
    name: String,
    description: Option<String>,
    data_type: Option<String>,
    created_at: Option<String>,
    #[serde(default)]
    inputs_schema_definition: Value,
    #[serde(default)]
    outputs_schema_definition: Value,
    #[serde(default)]
    transformations: Value,
    externally_managed: Option<bool>,
    /// Free-form properties, among them the metadata.
    #[serde(default)]
    extra: Value,
}

impl NewDataset {
    /// The dataset to store.
    pub(in crate::routes) fn stored(
        self,
        workspace: Uuid,
        at: OffsetDateTime,
    ) -> Result<StoredDataset, ApiError> {
        if self.name.trim().is_empty() {
            return Err(refused("name", "String should have at least 1 character"));
        }
        let kind = self.data_type.as_deref().unwrap_or("kv");
        let data_type = DATA_TYPES.iter().find(|known| **known == kind);
        let data_type =
            data_type.ok_or_else(|| refused("data_type", "Input should be 'kv', 'llm' or 'chat'"))?;
        let schemas = [
            ("inputs_schema_definition", &self.inputs_schema_definition),
            ("outputs_schema_definition", &self.outputs_schema_definition),
        ];
        if let Some((field, _)) = schemas.iter().find(|(_, schema)| !schema.is_null() && !schema.is_object())
        {
            return Err(refused(field, "Input should be a valid dictionary"));
        }
        let created = match self.created_at.as_deref() {
            None => at,
            Some(text) => time_of("created_at", text)?,
        };
        Ok(StoredDataset {
            id: self.id.unwrap_or_else(|| sample_id(&format!("dataset:{}:{at}", self.name))),
            workspace,
            name: self.name,
            description: self.description,
            data_type,
            inputs_schema: self.inputs_schema_definition,
            outputs_schema: self.outputs_schema_definition,
            transformations: self.transformations,
            metadata: self.extra.get("metadata").cloned().unwrap_or_default(),
            externally_managed: self.externally_managed.unwrap_or(false),
            created,
            modified: at,
            tags: Tags::new(),
        })
    }
}
