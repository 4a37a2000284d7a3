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
mod json;
mod list;
mod protocol;
mod task;
pub mod toolset;
pub mod toolsets;

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::routing::any;
use langsmith::LangSmith;
use oauth::public_url::PublicUrl;
use oauth::resource::{Resource, ServerName};

use crate::auth::Authenticator;
use crate::edge::{AgentEndpoints, Door};
use crate::protocol::Documents;
use crate::toolset::{Alone, Subject, Toolsets};

pub use crate::answer_page::AnswerDeps;

/// Every route of this function, with the resource at its usual path.
pub const ROUTES: [&str; 5] = ["/mcp", "/mcp/", AGENTS, AGENTS_WITH_SLASH, answer_page::ROUTE];

/// The endpoints for the agents of one Agent Server alone.
const AGENTS: &str = "/agents/{server}/mcp";
const AGENTS_WITH_SLASH: &str = "/agents/{server}/mcp/";

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

/// State that all requests to one endpoint share.
struct App {
    door: Door,
    langsmith: LangSmith,
    toolsets: Toolsets,
    documents: Documents,
    streams: bool,
}

/// The routes of the server: `/mcp` (or the resource's configured path) and the endpoints of Agent Servers, for every
/// method, so that a wrong method gets a 405 after authentication.
pub fn router(mut deps: Deps) -> Router {
    let path = deps.public_url.resource_path().to_owned();
    let has_agent_endpoints = deps.public_url.has_agent_endpoints();
    let door = Door::new(deps.public_url, deps.allowed_origins, deps.authenticator);
    let app = |door: Door, Alone { toolsets, subject }| {
        let (documents, langsmith) = (Documents::new(subject, &toolsets), deps.langsmith.clone());
        Arc::new(App { door, langsmith, toolsets, documents, streams: deps.streams })
    };
    let alone: BTreeMap<_, _> = deps
        .toolsets
        .take_alone()
        .into_iter()
        // The name of a set is always one of a server.
        .filter_map(|(server, alone)| {
            let resource = Resource::of_server(ServerName::try_from(server.clone()).ok()?);
            Some((server, app(door.at(resource), alone)))
        })
        .collect();
    let endpoints = AgentEndpoints { door: door.clone(), alone };
    let app = app(door, Alone { toolsets: deps.toolsets, subject: Subject::LangSmith });
    // URL parsers and people append a slash.
    let with_slash = format!("{path}/");
    let router =
        Router::new().route(&path, any(edge::handle)).route(&with_slash, any(edge::handle)).with_state(app);
    if !has_agent_endpoints {
        return router;
    }
    let agents = Router::new()
        .route(AGENTS, any(edge::handle_agents))
        .route(AGENTS_WITH_SLASH, any(edge::handle_agents))
        .with_state(Arc::new(endpoints));
    router.merge(agents).merge(answer_page::router(deps.answers))
}
