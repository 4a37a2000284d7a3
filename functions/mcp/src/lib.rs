//! `/mcp`: LangSmith's tools over the Model Context Protocol. Stateless: every request may reach a new instance.
//!
//! A request passes the [`edge`] (CORS, Origin, authentication, method, size), then the [`protocol`] (two eras on one
//! endpoint), and for a call or a list of named sets [`call`] or [`list`], which ask the [`toolset`].
//!
//! The protocol's types are `rmcp`'s. Its HTTP service is not used: it answers several errors as plain text instead of
//! JSON-RPC, and runs every request in a task of its own.

mod answer_page;
pub mod auth;
mod call;
mod edge;
mod header_lines;
mod json;
mod list;
mod protocol;
mod task;
pub mod toolset;
pub mod toolsets;

use std::sync::Arc;

use axum::Router;
use axum::routing::any;
use langsmith::LangSmith;
use oauth::public_url::PublicUrl;

use crate::auth::Authenticator;
use crate::protocol::Documents;
use crate::toolset::Toolsets;

pub use crate::answer_page::AnswerDeps;

/// Every route of this function, with the resource at its usual path.
pub const ROUTES: [&str; 3] = ["/mcp", "/mcp/", answer_page::ROUTE];

/// The parts that the server is built from.
#[derive(Clone)]
pub struct Deps {
    /// The one configured public base URL.
    pub public_url: PublicUrl,
    /// Browser origins that may call us, besides our own and, on loopback, every loopback origin.
    pub allowed_origins: Vec<String>,
    /// The configured LangSmith client.
    pub langsmith: LangSmith,
    /// Authenticates callers.
    pub authenticator: Arc<dyn Authenticator>,
    /// The tools to offer: [LangSmith's](toolsets::langsmith::tools), and optionally named sets.
    pub toolsets: Toolsets,
    /// Whether a call may be answered with an event stream: only where a client's disconnection is noticed, and where
    /// an answer can be sent before it is complete (decision 15 in docs/decisions).
    pub streams: bool,
    /// The page for agents' questions; `None` without agents.
    pub answers: Option<AnswerDeps>,
}

/// State that all requests share.
struct App {
    public_url: PublicUrl,
    origins: edge::Origins,
    langsmith: LangSmith,
    authenticator: Arc<dyn Authenticator>,
    toolsets: Toolsets,
    documents: Documents,
    streams: bool,
}

/// The routes of the server: `/mcp` (or the resource's configured path) for every method, so that a wrong method gets a
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
    // URL parsers and people append a slash.
    let with_slash = format!("{path}/");
    let answers = deps.answers.map(answer_page::router).unwrap_or_default();
    Router::new()
        .route(&path, any(edge::handle))
        .route(&with_slash, any(edge::handle))
        .with_state(Arc::new(app))
        .merge(answers)
}
