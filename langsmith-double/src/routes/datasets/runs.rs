//! `POST /datasets/{id}/runs` and `POST /v2/datasets/{id}/experiment-runs`: the examples of a dataset, each with the
//! runs of some experiments on it. Description: the names of both. Assumed: the examples are the current ones, oldest
//! first, including those without a run; the first endpoint, whose response schema is named after `ClickHouse`, answers
//! 501 without it; filters are ignored.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use crate::auth::Caller;
use crate::data::{Run, Selection};
use crate::datasets::{Columns, Stock, StoredExample, Version};
use crate::json::body;
use crate::reply::{self, ApiError};
use crate::routes::lookup::in_dataset;
use crate::routes::runs::item::Selects;
use crate::routes::runs::second_api::Problem;
use crate::state::App;

const MAX_PAGE: usize = 100;

/// `QueryExampleSchemaWithRunsRequest`.
#[derive(Deserialize)]
struct Body {
    session_ids: Vec<Uuid>,
    #[serde(default)]
    offset: usize,
    limit: Option<usize>,
    #[serde(default)]
    preview: bool,
    example_ids: Option<Vec<Uuid>>,
}

pub(crate) async fn query(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
    bytes: Bytes,
) -> Result<Response, ApiError> {
    app.service.queries.first()?;
    caller.may("runs:read")?;
    let body: Body = body(&bytes)?;
    let selection = if body.preview { Selection::previews() } else { Selection::by_default() };
    let write = |run: &Run| {
        let mut text = String::new();
        run.write(&selection, &mut text);
        text
    };
    let asked = Asked { sessions: &body.session_ids, examples: body.example_ids.as_deref() };
    let rows = rows(&app, &caller, &id, &asked, write)?;
    let page = rows.iter().skip(body.offset).take(body.limit.unwrap_or(MAX_PAGE).min(MAX_PAGE));
    Ok(reply::raw(reply::array(page.map(String::as_str))))
}

/// `datasets.V2DatasetsExperimentRunsRequestBody`.
#[derive(Deserialize)]
struct BodyV2 {
    experiment_ids: Vec<Uuid>,
    example_ids: Option<Vec<Uuid>>,
    cursor: Option<String>,
    page_size: Option<usize>,
    #[serde(default)]
    selects: Vec<String>,
}

pub(crate) async fn query_v2(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
    bytes: Bytes,
) -> Result<Response, Problem> {
    app.service.queries.second()?;
    caller.may("runs:read")?;
    let body: BodyV2 = body(&bytes)?;
    let selects = Selects::parse(&body.selects)
        .map_err(|name| ApiError::BadRequest(format!("selects: unknown field {name:?}")))?;
    let wrong = || ApiError::BadRequest("Invalid cursor".to_owned());
    let from: usize = body.cursor.as_deref().map_or(Ok(0), |cursor| cursor.parse().map_err(|_| wrong()))?;
    let size = body.page_size.unwrap_or(MAX_PAGE).min(MAX_PAGE);
    let asked = Asked { sessions: &body.experiment_ids, examples: body.example_ids.as_deref() };
    let rows = rows(&app, &caller, &id, &asked, |run| selects.item(run))?;
    let next = (rows.len() > from.saturating_add(size)).then(|| (from + size).to_string());
    let page = reply::array(rows.iter().skip(from).take(size).map(String::as_str));
    Ok(reply::raw(format!("{{\"items\":{page},\"next_cursor\":{}}}", json!(next))))
}

struct Asked<'b> {
    sessions: &'b [Uuid],
    examples: Option<&'b [Uuid]>,
}

fn rows(
    app: &App,
    caller: &Caller,
    id: &str,
    asked: &Asked<'_>,
    write: impl Fn(&Run) -> String,
) -> Result<Vec<String>, ApiError> {
    in_dataset(app, caller, id, |stock, dataset| {
        app.world.projects.read(|ledger| {
            let mut runs = Vec::new();
            for session in asked.sessions {
                let found = ledger.runs_of_session(caller.workspace.id, *session);
                runs.extend(found.ok_or(ApiError::NotFound("Project"))?);
            }
            let row = |(example, version): (&StoredExample, &Version)| {
                let own = runs.iter().filter(|run| run.facts.reference_example == Some(example.id));
                let own: Vec<String> = own.map(|run| write(run)).collect();
                let wire = example.wire(version, Columns::ALL, &app.base);
                let members = wire.strip_suffix('}').unwrap_or_default();
                format!("{members},\"runs\":[{}]}}", own.join(","))
            };
            Ok(latest_versions(stock, dataset.id, asked.examples).map(row).collect())
        })
    })
}

fn latest_versions<'s>(
    stock: &'s Stock,
    dataset: Uuid,
    asked: Option<&'s [Uuid]>,
) -> impl Iterator<Item = (&'s StoredExample, &'s Version)> {
    let examples =
        stock.examples(dataset).filter(move |example| asked.is_none_or(|ids| ids.contains(&example.id)));
    examples.filter_map(|example| Some((example, example.latest()?)))
}
