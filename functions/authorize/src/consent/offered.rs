//! The scopes that the consent page offers: the requested ones, as far as there is something that the app could do with
//! them for this person.

use oauth::request::AuthorizeRequest;
use oauth::scope::{Scope, ScopeSet};
use primitives::server_permissions::ServerPermissions;

use crate::Deps;

/// What there is to permit beside LangSmith's own data.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tools {
    /// Whether the deployment has agents.
    agents: bool,
    /// What the person may do with registered MCP servers, in any of the offered workspaces: the workspace is chosen on
    /// the same page.
    servers: ServerPermissions,
}

impl Tools {
    /// What a person has who has these permissions in the offered workspaces.
    pub(super) fn of(deps: &Deps, workspaces: impl Iterator<Item = ServerPermissions>) -> Self {
        let servers = workspaces.fold(ServerPermissions::EMPTY, ServerPermissions::union);
        Self { agents: deps.offers_agents, servers }
    }
}

/// The requested scopes that exist for the resource and the person. A request for none of them, such as one that names
/// no known scope, is offered all that exist.
pub(super) fn offered_scopes(request: &AuthorizeRequest, tools: Tools) -> ScopeSet {
    let exists = |scope: &Scope| {
        let has_tools = tools.agents || !request.resource.is_mcp() || *scope != Scope::AgentsRun;
        has_tools && scope.is_of_use_with(tools.servers) && request.resource.scopes().contains(*scope)
    };
    let existing: ScopeSet = Scope::ALL.into_iter().filter(exists).collect();
    let asked = ScopeSet::parse_known(&request.scope).intersect(existing);
    if asked == ScopeSet::EMPTY { existing } else { asked }
}

#[cfg(test)]
mod tests {
    use oauth::resource::Resource;
    use primitives::ids::ClientId;
    use primitives::server_permissions::ServerPermission;

    use super::*;

    fn offered_at(path: &str, requested: &str, tools: Tools) -> String {
        let request = AuthorizeRequest {
            client_id: ClientId::new("c"),
            redirect_uri: "https://c/cb".into(),
            state: None,
            challenge: "x".into(),
            scope: requested.into(),
            resource: Resource::of_server_path(path).unwrap_or_default(),
        };
        offered_scopes(&request, tools).to_string()
    }

    const EVERYTHING: Tools = Tools { agents: true, servers: ServerPermissions::ALL };

    #[test]
    fn agents_of_one_server_are_all_that_its_endpoint_has() {
        for requested in ["agents:run", "langsmith:read", "langsmith:read agents:run servers:use"] {
            assert_eq!(offered_at("/agents/a/mcp", requested, EVERYTHING), "agents:run");
        }
    }

    #[test]
    fn agents_are_offered_only_where_there_are_some() {
        let all = ScopeSet::all().to_string();
        let without = all.replace(" agents:run", "");
        for (requested, with_agents, without_agents) in [
            (all.as_str(), all.as_str(), without.as_str()),
            ("langsmith:read agents:run", "langsmith:read agents:run", "langsmith:read"),
            ("agents:run", "agents:run", &without),
            ("billing:read", "billing:read", "billing:read"),
        ] {
            assert_eq!(offered_at("/mcp", requested, EVERYTHING), with_agents);
            assert_eq!(offered_at("/mcp", requested, Tools { agents: false, ..EVERYTHING }), without_agents);
        }
    }

    #[test]
    fn servers_are_offered_to_those_who_may_do_something_with_them() {
        use ServerPermission::{Create, Invoke, Read};
        let requested = "langsmith:read servers:use servers:manage";
        for (servers, offered) in [
            (&[][..], "langsmith:read"),
            (&[Read, Invoke], "langsmith:read servers:use"),
            (&[Create], "langsmith:read servers:manage"),
            (&[Read, Create], requested),
        ] {
            let tools = Tools { servers: servers.iter().copied().collect(), ..EVERYTHING };
            assert_eq!(offered_at("/mcp", requested, tools), offered, "{servers:?}");
        }
        let nothing = Tools { servers: ServerPermissions::EMPTY, ..EVERYTHING };
        let others = offered_at("/mcp", "servers:use servers:manage", nothing);
        assert_eq!(others, ScopeSet::all().to_string().replace(" servers:use servers:manage", ""));
    }
}
