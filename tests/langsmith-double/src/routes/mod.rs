//! The API, one file a resource. Every path exists with and without `/api/v1`.

mod datasets;
mod info;
mod me;
mod repos;
mod runs;
mod runs_query;
mod sessions;
mod usage;
mod workspaces;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

use crate::state::App;

/// The API's routes.
pub(crate) fn router() -> Router<Arc<App>> {
    let resources = Router::new()
        .route("/info", get(info::read))
        .route("/me/ls_user_id", get(me::ls_user_id))
        .route("/workspaces", get(workspaces::list))
        .route("/orgs/current/billing/usage", get(usage::read))
        .route("/sessions", get(sessions::list))
        .route("/runs/query", post(runs::query))
        .route("/datasets", get(datasets::list))
        .route("/repos", get(repos::list));
    Router::new().merge(resources.clone()).nest("/api/v1", resources)
}
