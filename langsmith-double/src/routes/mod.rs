//! The API, one file per resource. Every path exists with and without `/api/v1`. Public report:
//! `bogware/terraform-provider-langsmith` uses `/api/v1/commits/-/…`, which the description has without the prefix.
//!
//! Every file of the double with a rule of LangSmith names the source of the rule in its head, by one of these words
//! and a colon: description (the platform's `OpenAPI` document), documentation, sample (an answer shown there),
//! recorded (the requests of the standalone server), SDK (LangChain's for Python, 0.15.1), public report, standard (an
//! RFC or OIDC), or assumed. A test requires one of them, and counts the last one.

mod attachments;
mod commits;
mod comparative;
mod dataset_changes;
mod dataset_clone;
mod dataset_runs;
mod dataset_splits;
mod dataset_upload;
mod dataset_versions;
mod datasets;
mod examples;
mod examples_multipart;
mod examples_query;
mod feedback;
mod feedback_configs;
mod feedback_tokens;
mod info;
mod ingest;
mod likes;
mod lookup;
mod me;
mod new_example;
mod orgs;
mod public;
mod queue_runs;
mod queues;
mod repo_tags;
mod repos;
mod run;
mod run_item;
mod run_stats;
mod runs;
mod runs_multipart;
mod runs_query;
mod runs_v2;
mod session;
mod sessions;
mod settings;
mod shares;
mod usage;
mod workspaces;

use std::sync::Arc;

use axum::Router;
use axum::routing::{delete, get, patch, post, put};

use crate::Options;
use crate::state::App;

/// The routes of the API that the options enable.
pub(crate) fn router(options: &Options) -> Router<Arc<App>> {
    let mut resources =
        people().merge(projects()).merge(data()).merge(judgements()).merge(prompts()).merge(everybody());
    if options.runs_v1 {
        resources = resources.route("/runs/query", post(runs::query));
    }
    let router = Router::new()
        .merge(resources.clone())
        .nest("/api/v1", resources)
        .nest("/v1/platform", platform())
        // A client whose base URL ends with `/api/v1` requests `/platform` below it.
        .nest("/api/v1/platform", platform());
    if !options.runs_v2 {
        return router;
    }
    // A self-hosted deployment has every version below `/api`.
    router.nest("/v2", second()).nest("/api/v2", second())
}

fn people() -> Router<Arc<App>> {
    Router::new()
        .route("/info", get(info::read))
        .route("/me/ls_user_id", get(me::ls_user_id))
        .route("/workspaces", get(workspaces::list))
        .route("/workspaces/{id}", get(workspaces::read))
        .route("/orgs/current/info", get(orgs::read))
        .route("/orgs/current/billing/usage", get(usage::read))
        .route("/settings", get(settings::read))
}

fn projects() -> Router<Arc<App>> {
    Router::new()
        .route("/sessions", get(sessions::list).post(session::create))
        .route("/sessions/{id}", get(session::read).patch(session::update).delete(session::delete))
        .route("/runs", post(ingest::create))
        .route("/runs/batch", post(ingest::batch))
        .route("/runs/multipart", post(runs_multipart::ingest))
        .route("/runs/stats", post(run_stats::read))
        .route("/runs/{id}", get(run::read).patch(ingest::update))
        .route("/runs/{id}/share", shares::routes::<shares::Runs>())
}

fn data() -> Router<Arc<App>> {
    Router::new()
        .route("/datasets", get(datasets::list).post(datasets::create))
        .route("/datasets/upload", post(dataset_upload::create))
        .route("/datasets/clone", post(dataset_clone::create))
        .route("/datasets/comparative", post(comparative::create))
        .route("/datasets/comparative/{id}", delete(comparative::delete))
        .route(
            "/datasets/{id}",
            get(datasets::read).patch(dataset_changes::update).delete(dataset_changes::delete),
        )
        .route("/datasets/{id}/version", get(dataset_versions::read))
        .route("/datasets/{id}/versions", get(dataset_versions::list))
        .route("/datasets/{id}/versions/diff", get(dataset_versions::diff))
        .route("/datasets/{id}/tags", put(dataset_versions::tag))
        .route("/datasets/{id}/splits", get(dataset_splits::list).put(dataset_splits::update))
        .route("/datasets/{id}/runs", post(dataset_runs::query))
        .route("/datasets/{id}/share", shares::routes::<shares::Datasets>())
        .route("/examples", get(examples::list).post(examples::create).delete(examples::delete_many))
        .route("/examples/count", get(examples::count))
        .route("/examples/bulk", post(examples::create_bulk).patch(examples::update_bulk))
        .route("/examples/{id}", get(examples::read).patch(examples::update).delete(examples::delete))
}

fn judgements() -> Router<Arc<App>> {
    let configs = get(feedback_configs::list)
        .post(feedback_configs::create)
        .patch(feedback_configs::update)
        .delete(feedback_configs::delete);
    Router::new()
        .route("/feedback", get(feedback::list).post(feedback::create))
        .route("/feedback/eager", post(feedback::create))
        .route("/feedback/tokens", get(feedback_tokens::list).post(feedback_tokens::create))
        .route("/feedback/tokens/{token}", get(feedback_tokens::leave_by_query).post(feedback_tokens::leave))
        .route("/feedback/{id}", get(feedback::read).patch(feedback::update).delete(feedback::delete))
        .route("/feedback-configs", configs)
        .route("/annotation-queues", get(queues::list).post(queues::create))
        .route("/annotation-queues/{id}", get(queues::read).patch(queues::update).delete(queues::delete))
        .route("/annotation-queues/{id}/queues", get(queue_runs::queues_of))
        .route("/annotation-queues/{id}/size", get(queue_runs::size))
        .route("/annotation-queues/{id}/run/{index}", get(queue_runs::at))
        .route("/annotation-queues/{id}/runs", get(queue_runs::list).post(queue_runs::add))
        .route("/annotation-queues/{id}/runs/by-key", post(queue_runs::add))
        .route("/annotation-queues/{id}/runs/{run}", patch(queue_runs::update).delete(queue_runs::remove))
}

fn prompts() -> Router<Arc<App>> {
    Router::new()
        .route("/repos", get(repos::list).post(repos::create))
        .route("/repos/", get(repos::list).post(repos::create))
        .route("/repos/{owner}/{repo}", get(repos::read).patch(repos::update).delete(repos::delete))
        .route("/repos/{owner}/{repo}/tags", get(repo_tags::list).post(repo_tags::create))
        .route("/repos/{owner}/{repo}/tags/{tag}", patch(repo_tags::update).delete(repo_tags::delete))
        .route("/likes/{owner}/{repo}", post(likes::put))
        .route("/commits/{owner}/{repo}", get(commits::list).post(commits::create))
        .route("/commits/{owner}/{repo}/", get(commits::list))
        .route("/commits/{owner}/{repo}/{commit}", get(commits::read))
}

/// The routes that need no credential.
fn everybody() -> Router<Arc<App>> {
    Router::new()
        .route("/public/download", get(attachments::download))
        .route("/public/{token}/datasets", get(public::dataset))
        .route("/public/{token}/datasets/sessions", get(public::experiments))
        .route("/public/{token}/examples", get(public::examples))
        .route("/public/{token}/run", get(public::root))
        .route("/public/{token}/run/{id}", get(public::run))
        .route("/public/{token}/runs/query", post(public::runs))
}

fn platform() -> Router<Arc<App>> {
    Router::new()
        .route("/datasets/examples/delete", post(examples_multipart::delete))
        .route("/datasets/{id}/examples", post(examples_multipart::create).patch(examples_multipart::update))
        .route("/datasets/{id}/examples/metadata", patch(dataset_splits::update_metadata))
}

fn second() -> Router<Arc<App>> {
    Router::new()
        .route("/runs/query", post(runs_v2::query))
        .route("/runs/{id}", get(run::read_v2))
        .route("/runs/{id}/share", post(shares::put_run_v2))
        .route("/datasets/{id}/experiment-runs", post(dataset_runs::query_v2))
}
