//! `POST /runs/stats`: statistics of the runs that match a query. Description: those of `RunStats`; groups are ignored.
//! Public report: 501, as in `runs.rs`, without `ClickHouse`.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use bytes::Bytes;

use crate::auth::Caller;
use crate::data::Stats;
use crate::json::body;
use crate::reply::{self, ApiError};
use crate::routes::runs::first_api::all;
use crate::routes::runs::query::Body;
use crate::state::App;

pub(crate) async fn read(
    State(app): State<Arc<App>>,
    caller: Caller,
    bytes: Bytes,
) -> Result<Response, ApiError> {
    caller.may("runs:read")?;
    app.service.queries.first()?;
    let query = body::<Body>(&bytes)?.check()?;
    app.world.projects.read(|ledger| {
        let found = all(ledger, caller.workspace.id, &query)?;
        Ok(reply::value(StatusCode::OK, &Stats::over(&found, |_| true).numbers()))
    })
}
