//! The scopes that the consent page offers: the requested ones, as far as the deployment has tools for them.

use oauth::request::AuthorizeRequest;
use oauth::scope::{Scope, ScopeSet};

/// The requested scopes that exist for the resource. A request for none of them, such as one that names no known scope,
/// is offered all that exist.
pub(super) fn offered_scopes(request: &AuthorizeRequest, offers_agents: bool) -> ScopeSet {
    let exists = |scope: &Scope| {
        let has_tools = offers_agents || !request.resource.is_mcp() || *scope != Scope::AgentsRun;
        has_tools && request.resource.scopes().contains(*scope)
    };
    let existing: ScopeSet = Scope::ALL.into_iter().filter(exists).collect();
    let asked = ScopeSet::parse_known(&request.scope).intersect(existing);
    if asked == ScopeSet::EMPTY { existing } else { asked }
}

#[cfg(test)]
mod tests {
    use oauth::resource::Resource;
    use primitives::ids::ClientId;

    use super::*;

    fn offered_at(path: &str, requested: &str, offers_agents: bool) -> String {
        let request = AuthorizeRequest {
            client_id: ClientId::new("c"),
            redirect_uri: "https://c/cb".into(),
            state: None,
            challenge: "x".into(),
            scope: requested.into(),
            resource: Resource::of_server_path(path).unwrap_or_default(),
        };
        offered_scopes(&request, offers_agents).to_string()
    }

    #[test]
    fn agents_of_one_server_are_all_that_its_endpoint_has() {
        for requested in ["agents:run", "langsmith:read", "langsmith:read agents:run"] {
            assert_eq!(offered_at("/agents/a/mcp", requested, true), "agents:run");
        }
    }

    #[test]
    fn agents_are_offered_only_where_there_are_some() {
        let all = ScopeSet::all().to_string();
        let without = "langsmith:read langsmith:write langsmith:publish billing:read";
        for (requested, with_agents, without_agents) in [
            (all.as_str(), all.as_str(), without),
            ("langsmith:read agents:run", "langsmith:read agents:run", "langsmith:read"),
            ("agents:run", "agents:run", without),
            ("billing:read", "billing:read", "billing:read"),
        ] {
            assert_eq!(offered_at("/mcp", requested, true), with_agents);
            assert_eq!(offered_at("/mcp", requested, false), without_agents);
        }
    }
}
