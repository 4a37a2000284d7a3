//! `/mcp`: LangSmith's tools over the Model Context Protocol. Stateless; every request may meet a new instance.
//!
//! A request passes the [`edge`] (CORS, Origin, authentication, method, size), then the [`protocol`] (two eras on one
//! endpoint), then perhaps a tool of the [`toolset`].
//!
//! The protocol's types are `rmcp`'s. Its HTTP service is not used: it answers several errors as plain text instead of
//! JSON-RPC, and runs every request in a task of its own.

pub mod auth;
mod call;
mod edge;
mod header_lines;
mod json;
mod list;
mod protocol;
pub mod toolset;
pub mod toolsets;

use std::sync::Arc;

use axum::Router;
use axum::routing::any;
use shared::langsmith::LangSmith;
use shared::oauth::public_url::PublicUrl;

use crate::auth::Authenticator;
use crate::protocol::Documents;
use crate::toolset::Toolsets;

/// Every route of this function, with the resource at its usual path.
pub const ROUTES: [&str; 2] = ["/mcp", "/mcp/"];

/// What the server is made of.
#[derive(Clone)]
pub struct Deps {
    /// The one configured public base URL.
    pub public_url: PublicUrl,
    /// Browser origins that may call us, besides our own and, on loopback, every loopback origin.
    pub allowed_origins: Vec<String>,
    /// The configured LangSmith.
    pub langsmith: LangSmith,
    /// Tells who calls.
    pub authenticator: Arc<dyn Authenticator>,
    /// The tools to offer: [LangSmith's](toolsets::langsmith::tools), and perhaps named sets.
    pub toolsets: Toolsets,
    /// Whether a call may be answered by a stream of events: where a client that goes away is seen, and where an answer may
    /// leave before it is complete (decision 5 in docs/decisions).
    pub streams: bool,
}

/// What a request needs, prepared once.
struct App {
    public_url: PublicUrl,
    origins: edge::Origins,
    langsmith: LangSmith,
    authenticator: Arc<dyn Authenticator>,
    toolsets: Toolsets,
    documents: Documents,
    streams: bool,
}

/// The routes of the server: `/mcp` (or where the resource was moved to) for every method, so that a wrong one is told
/// 405 after authentication.
pub fn router(deps: Deps) -> Router {
    let path = deps.public_url.resource_path().to_owned();
    let app = App {
        origins: edge::Origins::new(&deps.public_url, deps.allowed_origins),
        documents: Documents::new(&deps.toolsets),
        public_url: deps.public_url,
        langsmith: deps.langsmith,
        authenticator: deps.authenticator,
        toolsets: deps.toolsets,
        streams: deps.streams,
    };
    // URL parsers and people add a final slash.
    let with_slash = format!("{path}/");
    Router::new()
        .route(&path, any(edge::handle))
        .route(&with_slash, any(edge::handle))
        .with_state(Arc::new(app))
}
