//! The API, one file per resource. Every path exists with and without `/api/v1`. Public report:
//! `bogware/terraform-provider-langsmith` uses `/api/v1/commits/-/…`, which the description has without the prefix.
//!
//! Every file of the double with a rule of LangSmith names the source of the rule in its head, by one of these words
//! and a colon: description (the platform's `OpenAPI` document), documentation, sample (an answer shown there),
//! recorded (the requests of the standalone server), SDK (LangChain's for Python, 0.15.1), public report, standard (an
//! RFC or OIDC), or assumed. A test (`tests/double/sources.rs`) requires one of them, and counts the last one.

mod agent_deployments;
mod datasets;
mod examples;
mod feedback;
mod lookup;
mod organization;
mod projects;
mod prompts;
mod queues;
mod runs;

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
        resources = resources.route("/runs/query", post(runs::first_api::query));
    }
    let router = Router::new()
        .merge(resources.clone())
        .nest("/api/v1", resources)
        .route("/api-host/v2/deployments", get(agent_deployments::list))
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
        .route("/info", get(organization::info::read))
        .route("/auth/public", get(organization::auth_info::read))
        .route("/me/ls_user_id", get(organization::me::ls_user_id))
        .route("/workspaces", get(organization::workspaces::list))
        .route("/workspaces/{id}", get(organization::workspaces::read))
        .route("/orgs/current/info", get(organization::orgs::read))
        .route("/orgs/current/billing/usage", get(organization::usage::read))
        .route("/settings", get(organization::settings::read))
}

fn projects() -> Router<Arc<App>> {
    Router::new()
        .route("/sessions", get(projects::sessions::list).post(projects::session::create))
        .route(
            "/sessions/{id}",
            get(projects::session::read).patch(projects::session::update).delete(projects::session::delete),
        )
        .route("/runs", post(runs::ingest::create))
        .route("/runs/batch", post(runs::ingest::batch))
        .route("/runs/multipart", post(runs::multipart::ingest))
        .route("/runs/stats", post(runs::stats::read))
        .route("/runs/{id}", get(runs::run::read).patch(runs::ingest::update))
        .route("/runs/{id}/share", runs::shares::routes::<runs::shares::Runs>())
}

fn data() -> Router<Arc<App>> {
    Router::new()
        .route("/datasets", get(datasets::dataset::list).post(datasets::dataset::create))
        .route("/datasets/upload", post(datasets::upload::create))
        .route("/datasets/clone", post(datasets::clone::create))
        .route("/datasets/comparative", post(datasets::comparative::create))
        .route("/datasets/comparative/{id}", delete(datasets::comparative::delete))
        .route(
            "/datasets/{id}",
            get(datasets::dataset::read).patch(datasets::changes::update).delete(datasets::changes::delete),
        )
        .route("/datasets/{id}/version", get(datasets::versions::read))
        .route("/datasets/{id}/versions", get(datasets::versions::list))
        .route("/datasets/{id}/versions/diff", get(datasets::versions::diff))
        .route("/datasets/{id}/tags", put(datasets::versions::tag))
        .route("/datasets/{id}/splits", get(datasets::splits::list).put(datasets::splits::update))
        .route("/datasets/{id}/runs", post(datasets::runs::query))
        .route("/datasets/{id}/share", runs::shares::routes::<runs::shares::Datasets>())
        .route(
            "/examples",
            get(examples::example::list)
                .post(examples::example::create)
                .delete(examples::example::delete_many),
        )
        .route("/examples/count", get(examples::example::count))
        .route("/examples/bulk", post(examples::example::create_bulk).patch(examples::example::update_bulk))
        .route(
            "/examples/{id}",
            get(examples::example::read).patch(examples::example::update).delete(examples::example::delete),
        )
}

fn judgements() -> Router<Arc<App>> {
    let configs = get(feedback::configs::list)
        .post(feedback::configs::create)
        .patch(feedback::configs::update)
        .delete(feedback::configs::delete);
    Router::new()
        .route("/feedback", get(feedback::scores::list).post(feedback::scores::create))
        .route("/feedback/eager", post(feedback::scores::create))
        .route("/feedback/tokens", get(feedback::tokens::list).post(feedback::tokens::create))
        .route(
            "/feedback/tokens/{token}",
            get(feedback::tokens::leave_by_query).post(feedback::tokens::leave),
        )
        .route(
            "/feedback/{id}",
            get(feedback::scores::read).patch(feedback::scores::update).delete(feedback::scores::delete),
        )
        .route("/feedback-configs", configs)
        .route("/annotation-queues", get(queues::queue::list).post(queues::queue::create))
        .route(
            "/annotation-queues/{id}",
            get(queues::queue::read).patch(queues::queue::update).delete(queues::queue::delete),
        )
        .route("/annotation-queues/{id}/queues", get(queues::runs::queues_of))
        .route("/annotation-queues/{id}/size", get(queues::runs::size))
        .route("/annotation-queues/{id}/run/{index}", get(queues::runs::at))
        .route("/annotation-queues/{id}/runs", get(queues::runs::list).post(queues::runs::add))
        .route("/annotation-queues/{id}/runs/by-key", post(queues::runs::add))
        .route("/annotation-queues/{id}/runs/{run}", patch(queues::runs::update).delete(queues::runs::remove))
}

fn prompts() -> Router<Arc<App>> {
    Router::new()
        .route("/repos", get(prompts::repos::list).post(prompts::repos::create))
        .route("/repos/", get(prompts::repos::list).post(prompts::repos::create))
        .route(
            "/repos/{owner}/{repo}",
            get(prompts::repos::read).patch(prompts::repos::update).delete(prompts::repos::delete),
        )
        .route("/repos/{owner}/{repo}/tags", get(prompts::repo_tags::list).post(prompts::repo_tags::create))
        .route(
            "/repos/{owner}/{repo}/tags/{tag}",
            patch(prompts::repo_tags::update).delete(prompts::repo_tags::delete),
        )
        .route("/likes/{owner}/{repo}", post(prompts::likes::put))
        .route("/commits/{owner}/{repo}", get(prompts::commits::list).post(prompts::commits::create))
        .route("/commits/{owner}/{repo}/", get(prompts::commits::list))
        .route("/commits/{owner}/{repo}/{commit}", get(prompts::commits::read))
}

/// The routes that need no credential.
fn everybody() -> Router<Arc<App>> {
    Router::new()
        .route("/public/download", get(runs::attachments::download))
        .route("/public/{token}/datasets", get(runs::public::dataset))
        .route("/public/{token}/datasets/sessions", get(runs::public::experiments))
        .route("/public/{token}/examples", get(runs::public::examples))
        .route("/public/{token}/run", get(runs::public::root))
        .route("/public/{token}/run/{id}", get(runs::public::run))
        .route("/public/{token}/runs/query", post(runs::public::runs))
}

fn platform() -> Router<Arc<App>> {
    Router::new()
        .route("/datasets/examples/delete", post(examples::multipart::delete))
        .route(
            "/datasets/{id}/examples",
            post(examples::multipart::create).patch(examples::multipart::update),
        )
        .route("/datasets/{id}/examples/metadata", patch(datasets::splits::update_metadata))
}

fn second() -> Router<Arc<App>> {
    Router::new()
        .route("/runs/query", post(runs::second_api::query))
        .route("/runs/{id}", get(runs::run::read_v2))
        .route("/runs/{id}/share", post(runs::shares::put_run_v2))
        .route("/datasets/{id}/experiment-runs", post(datasets::runs::query_v2))
}
