//! `/public/{token}`: shared resources, for everyone. Description: a dataset, its examples and its experiments; a
//! trace, by its root or by one of its runs. Assumed: every field of a run is included.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use crate::data::{Run, Selection};
use crate::json::{body, id_of};
use crate::params::Params;
use crate::reply::{self, ApiError};
use crate::routes::datasets::dataset::Listed;
use crate::routes::examples::query::ExampleQuery;
use crate::routes::projects::sessions::filtered;
use crate::share::{Share, Shared};
use crate::state::App;

pub(crate) async fn dataset(
    State(app): State<Arc<App>>,
    Path(token): Path<String>,
) -> Result<Response, ApiError> {
    let (workspace, id) = opened_dataset(&app, &token)?;
    app.world.datasets.read(|stock| {
        let dataset = stock.dataset(workspace, id)?;
        Ok(reply::raw(Listed::new(dataset, stock, &app).wire()))
    })
}

pub(crate) async fn examples(
    State(app): State<Arc<App>>,
    Path(token): Path<String>,
    params: Params,
) -> Result<Response, ApiError> {
    let (workspace, id) = opened_dataset(&app, &token)?;
    let query = ExampleQuery::read(&params)?.of(id);
    let page = app.world.datasets.read(|stock| query.page(stock, workspace, &app.base))?;
    Ok(reply::raw(reply::array(page.iter().map(String::as_str))))
}

pub(crate) async fn experiments(
    State(app): State<Arc<App>>,
    Path(token): Path<String>,
    params: Params,
) -> Result<Response, ApiError> {
    let (workspace, id) = opened_dataset(&app, &token)?;
    let (limit, offset) = (params.limit(100)?, params.offset()?);
    app.world.projects.read(|ledger| {
        let found = filtered(ledger.sessions(workspace), &params)?;
        let own = found.into_iter().filter(|session| session.reference_dataset == Some(id));
        let page = own.skip(offset).take(limit).map(|session| session.json(true));
        Ok(reply::raw(reply::array(page)))
    })
}

pub(crate) async fn root(
    State(app): State<Arc<App>>,
    Path(token): Path<String>,
) -> Result<Response, ApiError> {
    let trace = opened_trace(&app, &token)?;
    one(&app, trace, trace)
}

pub(crate) async fn run(
    State(app): State<Arc<App>>,
    Path((token, id)): Path<(String, String)>,
) -> Result<Response, ApiError> {
    one(&app, opened_trace(&app, &token)?, id_of("id", &id)?)
}

/// `QueryParamsForPublicRunSchema`, as far as a shared trace needs it.
#[derive(Deserialize)]
struct Body {
    id: Option<Vec<Uuid>>,
}

pub(crate) async fn runs(
    State(app): State<Arc<App>>,
    Path(token): Path<String>,
    bytes: Bytes,
) -> Result<Response, ApiError> {
    let trace = opened_trace(&app, &token)?;
    let body: Body = body(&bytes)?;
    app.world.projects.read(|ledger| {
        let is_asked = |run: &&Arc<Run>| body.id.as_ref().is_none_or(|ids| ids.contains(&run.facts.id));
        let texts: Vec<String> = ledger.trace(trace).iter().filter(is_asked).map(|run| whole(run)).collect();
        let tail = json!({"next": null, "prev": null});
        let runs = reply::array(texts.iter().map(String::as_str));
        Ok(reply::raw(format!("{{\"runs\":{runs},\"cursors\":{tail}}}")))
    })
}

fn one(app: &App, trace: Uuid, id: Uuid) -> Result<Response, ApiError> {
    app.world.projects.read(|ledger| {
        let found = ledger.trace(trace).iter().find(|run| run.facts.id == id);
        Ok(reply::raw(whole(found.ok_or(ApiError::NotFound("Run"))?)))
    })
}

fn whole(run: &Run) -> String {
    let mut text = String::new();
    run.write(&Selection::all(), &mut text);
    text
}

fn opened(app: &App, token: &str) -> Result<Share, ApiError> {
    Share::opened(&app.world.shares, id_of("share_token", token)?)
}

fn opened_dataset(app: &App, token: &str) -> Result<(Uuid, Uuid), ApiError> {
    match opened(app, token)? {
        Share { workspace, what: Shared::Dataset(id) } => Ok((workspace, id)),
        Share { what: Shared::Trace(_), .. } => Err(ApiError::NotFound("Share token")),
    }
}

fn opened_trace(app: &App, token: &str) -> Result<Uuid, ApiError> {
    match opened(app, token)?.what {
        Shared::Trace(id) => Ok(id),
        Shared::Dataset(_) => Err(ApiError::NotFound("Share token")),
    }
}
