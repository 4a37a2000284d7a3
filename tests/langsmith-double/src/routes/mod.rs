//! The API, one file a resource. Every path exists with and without `/api/v1`.

mod attachments;
mod commits;
mod dataset_version;
mod datasets;
mod examples;
mod examples_query;
mod feedback;
mod info;
mod ingest;
mod json;
mod me;
mod new_example;
mod new_run;
mod orgs;
mod repo_tags;
mod repos;
mod run_item;
mod runs;
mod runs_query;
mod runs_v2;
mod session;
mod sessions;
mod settings;
mod usage;
mod workspaces;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, patch, post};

use crate::Options;
use crate::state::App;

/// The API's routes, as far as the options have them.
pub(crate) fn router(options: &Options) -> Router<Arc<App>> {
    let mut resources = Router::new()
        .route("/info", get(info::read))
        .route("/me/ls_user_id", get(me::ls_user_id))
        .route("/workspaces", get(workspaces::list))
        .route("/workspaces/{id}", get(workspaces::read))
        .route("/orgs/current/info", get(orgs::read))
        .route("/orgs/current/billing/usage", get(usage::read))
        .route("/sessions", get(sessions::list).post(session::create))
        .route("/sessions/{id}", get(session::read).patch(session::update))
        .route("/runs", post(ingest::create))
        .route("/runs/batch", post(ingest::batch))
        .route("/runs/{id}", patch(ingest::update))
        .route("/feedback", get(feedback::list).post(feedback::create))
        .route("/feedback/{id}", get(feedback::read))
        .route("/datasets", get(datasets::list).post(datasets::create))
        .route("/datasets/{id}", get(datasets::read))
        .route("/datasets/{id}/version", get(dataset_version::read))
        .route("/examples", get(examples::list))
        .route("/examples/bulk", post(examples::create_bulk).patch(examples::update_bulk))
        .route("/examples/{id}", get(examples::read).patch(examples::update).delete(examples::delete))
        .route("/public/download", get(attachments::download))
        .route("/settings", get(settings::read))
        .route("/repos", get(repos::list).post(repos::create))
        .route("/repos/", post(repos::create))
        .route("/repos/{owner}/{repo}", get(repos::read).patch(repos::update))
        .route("/repos/{owner}/{repo}/tags", post(repo_tags::create))
        .route("/repos/{owner}/{repo}/tags/{tag}", patch(repo_tags::update))
        .route("/commits/{owner}/{repo}", get(commits::list).post(commits::create))
        .route("/commits/{owner}/{repo}/", get(commits::list))
        .route("/commits/{owner}/{repo}/{commit}", get(commits::read));
    if options.runs_v1 {
        resources = resources.route("/runs/query", post(runs::query));
    }
    let router = Router::new().merge(resources.clone()).nest("/api/v1", resources);
    if !options.runs_v2 {
        return router;
    }
    // A deployment of one's own has every version below `/api`.
    router.route("/v2/runs/query", post(runs_v2::query)).route("/api/v2/runs/query", post(runs_v2::query))
}
