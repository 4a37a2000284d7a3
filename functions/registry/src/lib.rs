//! The registry of MCP servers: `/v1/deepagents/mcp-servers`, as LangSmith's API describes it.

mod create;
mod delete;
mod description;
mod error;
mod fields;
mod providers;
mod read;
mod update;
mod view;

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn;
use axum::routing::{delete, get, post};
use outbound::GuardPolicy;
use primitives::clock::SharedClock;
use primitives::random::SharedRandom;
use shared::servers::{HeaderVault, ProviderVault, ServerCallers};
use shared::store::{AuthProviders, McpServers};
use shared::web::cors;
use shared::web::problem::method_not_allowed;

/// Every route of this function.
pub const ROUTES: [&str; 6] = [SERVERS, SERVER, PROVIDER, PROVIDERS, OF_PROVIDERS, DESCRIPTION];

const SERVERS: &str = "/v1/deepagents/mcp-servers";
const SERVER: &str = "/v1/deepagents/mcp-servers/{id}";
const PROVIDER: &str = "/v1/deepagents/mcp-servers/{id}/oauth-provider";
const PROVIDERS: &str = "/v1/deepagents/auth-providers";
const OF_PROVIDERS: &str = "/v1/deepagents/auth-providers/{id}";
const DESCRIPTION: &str = "/v1/deepagents/openapi.json";

/// The dependencies of the function.
#[derive(Clone)]
pub struct Deps {
    /// Who calls.
    pub callers: Arc<ServerCallers>,
    /// The servers.
    pub servers: McpServers,
    /// Seals their headers.
    pub headers: HeaderVault,
    /// Shared OAuth providers.
    pub providers: AuthProviders,
    /// Seals their secrets.
    pub provider_secrets: ProviderVault,
    /// The URLs that may be registered.
    pub policy: GuardPolicy,
    /// The clock for the times of servers.
    pub clock: SharedClock,
    /// Randomness for ids and revisions.
    pub random: SharedRandom,
}

/// The routes, open to browser-based clients of any origin: a credential is always in a header.
pub fn router(deps: Deps) -> Router {
    Router::new()
        .route(
            SERVERS,
            get(read::list).post(create::create).fallback(|| async { method_not_allowed("GET, HEAD, POST") }),
        )
        .route(
            SERVER,
            get(read::one)
                .patch(update::update)
                .delete(delete::delete)
                .fallback(|| async { method_not_allowed("GET, HEAD, PATCH, DELETE") }),
        )
        .route(PROVIDER, post(read::provider).fallback(|| async { method_not_allowed("POST") }))
        .route(
            PROVIDERS,
            get(providers::list)
                .post(providers::create)
                .fallback(|| async { method_not_allowed("GET, HEAD, POST") }),
        )
        .route(OF_PROVIDERS, delete(providers::delete).fallback(|| async { method_not_allowed("DELETE") }))
        .route(DESCRIPTION, get(description::openapi).fallback(|| async { method_not_allowed("GET, HEAD") }))
        .layer(from_fn(cors::any_origin))
        .with_state(Arc::new(deps))
}
