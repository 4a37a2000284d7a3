//! The scopes that the consent page offers: the requested ones, as far as the deployment has tools for them.

use oauth::scope::{Scope, ScopeSet};

/// Of the requested scopes those that exist here; all of these if none of them does, as for a request that names no
/// known scope.
pub(super) fn offered(requested: &str, has_agents: bool) -> ScopeSet {
    let exists = |scope: &Scope| has_agents || *scope != Scope::AgentsRun;
    let existing: ScopeSet = Scope::ALL.into_iter().filter(exists).collect();
    let asked = ScopeSet::parse_known(requested).intersect(existing);
    if asked == ScopeSet::EMPTY { existing } else { asked }
}

#[cfg(test)]
mod tests {
    use super::*;

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
            assert_eq!(offered(requested, true).to_string(), with_agents);
            assert_eq!(offered(requested, false).to_string(), without_agents);
        }
    }
}
