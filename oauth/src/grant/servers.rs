//! What the person could do with the registered MCP servers of their workspaces when they consented. The function that
//! needs to know cannot ask LangSmith: it has no access to the person's credential.

use std::collections::BTreeMap;

use primitives::ids::WorkspaceId;
use primitives::server_permissions::ServerPermissions;
use serde::{Deserialize, Serialize};

use super::{Grant, WorkspaceChoice};
use crate::scope::ScopeSet;

/// The person's permissions by workspace, as LangSmith stated them at the login before the consent. Stored as a map of
/// ids to bits.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ServerSnapshot(BTreeMap<WorkspaceId, ServerPermissions>);

impl ServerSnapshot {
    /// The maximum number of workspaces. Every write of a grant costs by its size; 200 workspaces are some 8 KB.
    pub const MAX: usize = 200;

    /// The permissions in the chosen workspaces, as far as the scopes pass any of them on. Workspaces beyond
    /// [`MAX`](Self::MAX) are left out.
    pub fn at_consent<'w>(
        choice: &WorkspaceChoice,
        scopes: ScopeSet,
        workspaces: impl IntoIterator<Item = (&'w WorkspaceId, ServerPermissions)>,
    ) -> Self {
        let passed_on = scopes.server_permissions();
        let chosen = workspaces
            .into_iter()
            .filter(|(id, permissions)| choice.covers(id) && !permissions.intersect(passed_on).is_empty());
        Self(chosen.take(Self::MAX).map(|(id, permissions)| (id.clone(), permissions)).collect())
    }

    /// Whether it has no permission at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Grant {
    /// What the grant permits with the MCP servers of a workspace: the person's permissions at the consent, as far as
    /// the scopes pass them on. None in a workspace that the consent does not cover.
    ///
    /// An access token may have fewer scopes than its grant: intersect with
    /// [`ScopeSet::server_permissions`] of the token's.
    pub fn server_permissions(&self, workspace: &WorkspaceId) -> ServerPermissions {
        let covered = self.servers.0.get(workspace).filter(|_| self.workspace.covers(workspace));
        let snapshot = covered.copied().unwrap_or_default();
        snapshot.intersect(ScopeSet::parse_known(&self.scope).server_permissions())
    }
}

#[cfg(test)]
mod tests {
    use primitives::server_permissions::ServerPermission;
    use proptest::prelude::*;

    use super::*;
    use crate::refresh::tests::grant;
    use crate::scope::Scope;

    fn workspaces(bits: &[u8]) -> Vec<(WorkspaceId, ServerPermissions)> {
        let entry = |(index, bits): (usize, &u8)| {
            (WorkspaceId::new(format!("w-{index}")), ServerPermissions::of_bits(*bits))
        };
        bits.iter().enumerate().map(entry).collect()
    }

    fn consented(workspace: WorkspaceChoice, scopes: ScopeSet, bits: &[u8]) -> Grant {
        let found = workspaces(bits);
        let found = found.iter().map(|(id, permissions)| (id, *permissions));
        let servers = ServerSnapshot::at_consent(&workspace, scopes, found);
        Grant { workspace, servers, scope: scopes.to_string(), ..grant() }
    }

    fn all() -> WorkspaceChoice {
        WorkspaceChoice::All { default: None }
    }

    #[test]
    fn a_scope_passes_on_what_the_person_has() {
        use ServerPermission::{Create, Delete, Invoke, Read, Update};
        let (uses, manages) = (ScopeSet::from(Scope::ServersUse), ScopeSet::from(Scope::ServersManage));
        for (scopes, has, permits) in [
            (uses, &ServerPermission::ALL[..], &[Read, Invoke][..]),
            (manages, &ServerPermission::ALL, &[Read, Create, Update, Delete]),
            (uses.union(manages), &ServerPermission::ALL, &ServerPermission::ALL),
            (uses, &[Read, Delete], &[Read]),
            (manages, &[Invoke], &[]),
            (Scope::LangsmithRead.into(), &ServerPermission::ALL, &[]),
        ] {
            let has: ServerPermissions = has.iter().copied().collect();
            let grant = consented(all(), scopes, &[has.bits()]);
            let permits: ServerPermissions = permits.iter().copied().collect();
            assert_eq!(grant.server_permissions(&WorkspaceId::new("w-0")), permits, "{scopes}");
        }
    }

    #[test]
    fn one_workspace_is_all_that_its_consent_remembers() {
        let id = WorkspaceId::new("w-1");
        let grant = consented(WorkspaceChoice::One { id: id.clone() }, ScopeSet::all(), &[31, 31, 31]);
        assert_eq!(grant.server_permissions(&id), ServerPermissions::ALL);
        assert_eq!(grant.servers.0.len(), 1);
    }

    #[test]
    fn nothing_is_remembered_that_no_scope_passes_on() {
        assert!(consented(all(), Scope::AgentsRun.into(), &[31]).servers.is_empty());
        let uses = consented(all(), Scope::ServersUse.into(), &[31, 0, 1]);
        assert_eq!(uses.servers.0.len(), 2);
    }

    #[test]
    fn the_largest_snapshot_is_bounded() {
        let grant = consented(all(), ScopeSet::all(), &[31; 1000]);
        assert_eq!(grant.servers.0.len(), ServerSnapshot::MAX);
        assert_eq!(grant.server_permissions(&WorkspaceId::new("w-0")), ServerPermissions::ALL);
        assert_eq!(grant.server_permissions(&WorkspaceId::new("w-999")), ServerPermissions::EMPTY);
    }

    #[test]
    fn a_snapshot_is_stored_as_bits_and_may_be_missing() {
        let grant = consented(all(), ScopeSet::all(), &[31, 0, 3]);
        let mut stored = serde_json::to_value(&grant).unwrap();
        assert_eq!(stored["servers"], serde_json::json!({ "w-0": 31, "w-2": 3 }));
        let read = |stored: &serde_json::Value| Grant::deserialize(stored).unwrap();
        assert_eq!(read(&stored).servers, grant.servers);
        stored.as_object_mut().unwrap().remove("servers");
        let older = read(&stored);
        assert_eq!(older.server_permissions(&WorkspaceId::new("w-0")), ServerPermissions::EMPTY);
        assert!(serde_json::to_value(older).unwrap().get("servers").is_none());
    }

    proptest! {
        /// Neither the person's permissions nor the granted scopes are ever exceeded, in any workspace.
        #[test]
        fn a_grant_permits_what_both_permit(
            bits in prop::collection::vec(0_u8..32, 0..8),
            scopes in prop::sample::subsequence(Scope::ALL.to_vec(), 0..=Scope::ALL.len()),
            chosen in prop::option::of(0_usize..8),
        ) {
            let scopes: ScopeSet = scopes.into_iter().collect();
            let choice = chosen.map_or_else(all, |index| WorkspaceChoice::One {
                id: WorkspaceId::new(format!("w-{index}")),
            });
            let grant = consented(choice, scopes, &bits);
            for (index, (id, has)) in workspaces(&bits).into_iter().enumerate() {
                let covered = chosen.is_none_or(|chosen| chosen == index);
                let passed_on = if covered { scopes } else { ScopeSet::EMPTY }.server_permissions();
                let expected = has.intersect(passed_on);
                prop_assert_eq!(grant.server_permissions(&id), expected);
            }
            prop_assert!(grant.server_permissions(&WorkspaceId::new("other")).is_empty());
        }
    }
}
