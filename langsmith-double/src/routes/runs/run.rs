//! One run: `GET /runs/{id}` and `GET /v2/runs/{id}`. Description: the first one has every field, the second one those
//! of `selects`, and requires the project. Public report: `langchain-ai/langsmith-sdk` pull request 3257: without
//! `ClickHouse` the first one answers 501.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;

use crate::auth::Caller;
use crate::data::Selection;
use crate::json::id_of;
use crate::params::{Params, invalid};
use crate::reply::{self, ApiError};
use crate::routes::runs::item::Selects;
use crate::routes::runs::second_api::Problem;
use crate::state::App;

pub(crate) async fn read(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    caller.may("runs:read")?;
    app.service.queries.first()?;
    let id = id_of("run_id", &id)?;
    app.world.projects.read(|ledger| {
        let (_, run) = ledger.run(caller.workspace.id, id)?;
        let mut text = String::new();
        run.write(&Selection::all(), &mut text);
        Ok(reply::raw(text))
    })
}

pub(crate) async fn read_v2(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
    params: Params,
) -> Result<Response, Problem> {
    caller.may("runs:read")?;
    app.service.queries.second()?;
    let id = id_of("run_id", &id)?;
    let project = params.ids("project_id")?.pop().ok_or_else(|| invalid("project_id", "Field required"))?;
    let names: Vec<String> =
        params.all("selects").flat_map(|names| names.split(',')).map(str::to_owned).collect();
    let selects =
        Selects::parse(&names).map_err(|name| invalid("selects", &format!("unknown field {name:?}")))?;
    let text = app.world.projects.read(|ledger| {
        let (session, run) = ledger.run(caller.workspace.id, id)?;
        if session.id == project { Ok(selects.item(run)) } else { Err(ApiError::NotFound("Run")) }
    })?;
    Ok(reply::raw(text))
}
