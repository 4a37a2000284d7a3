//! The endpoints for the agents of one Agent Server alone. A name without an endpoint is answered only after the login,
//! so that strangers do not learn the names of servers.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;
use oauth::resource::Resource;

use super::{Door, enter, reply};
use crate::App;

/// The endpoints, by the servers' names.
pub(crate) struct AgentEndpoints {
    /// The door of the MCP endpoint, from which those of other resources are made.
    pub(crate) door: Door,
    pub(crate) alone: BTreeMap<String, Arc<App>>,
}

/// Answers any request to `/agents/{server}/mcp`.
pub(crate) async fn handle_agents(
    State(endpoints): State<Arc<AgentEndpoints>>,
    request: Request,
) -> Response {
    // A path that is no resource of ours has nothing to log in to.
    let Some(resource) = Resource::of_server_path(request.uri().path()) else { return reply::not_found() };
    match resource.server().and_then(|server| endpoints.alone.get(server.as_str())) {
        Some(app) => enter(&app.door, Some(app.clone()), request).await,
        None => enter(&endpoints.door.at(resource), None, request).await,
    }
}
