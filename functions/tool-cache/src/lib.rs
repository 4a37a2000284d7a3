//! The tools of registered MCP servers and the proxy to them: `/api/v1/mcp/tools`, `/api/v1/mcp/proxy` and
//! `/v1/deepagents/mcp/tools`, as LangSmith's API describes them.

mod api;
mod deepagents;
mod error;
mod find;
mod proxy;
mod query;
mod tools;
mod view;

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn;
use axum::routing::get;
use outbound::GuardPolicy;
use shared::servers::{ServerAccess, ServerCallers, ToolCache};
use shared::store::Store;
use shared::web::cors;
use shared::web::problem::method_not_allowed;

/// Every route of this function.
pub const ROUTES: [&str; 3] = [API_TOOLS, API_PROXY, DEEPAGENTS_TOOLS];

const API_TOOLS: &str = "/api/v1/mcp/tools";
const API_PROXY: &str = "/api/v1/mcp/proxy";
const DEEPAGENTS_TOOLS: &str = "/v1/deepagents/mcp/tools";

/// The dependencies of the function.
#[derive(Clone)]
pub struct Deps {
    /// Who calls.
    pub callers: Arc<ServerCallers>,
    /// The tables.
    pub store: Store,
    /// The lists.
    pub cache: ToolCache,
    /// The servers, with their headers, and the client that reaches them.
    pub servers: ServerAccess,
    /// The URLs that may be asked for.
    pub policy: GuardPolicy,
}

/// The routes, open to browser-based clients of any origin: a credential is always in a header.
pub fn router(deps: Deps) -> Router {
    let other = |allow| move || async move { method_not_allowed(allow) };
    Router::new()
        .route(API_TOOLS, get(tools::of_api).delete(tools::forget).fallback(other("GET, HEAD, DELETE")))
        .route(API_PROXY, get(proxy::read).post(proxy::send).fallback(other("GET, HEAD, POST")))
        .route(DEEPAGENTS_TOOLS, get(tools::of_deepagents).fallback(other("GET, HEAD")))
        .layer(from_fn(cors::any_origin))
        .with_state(Arc::new(deps))
}
