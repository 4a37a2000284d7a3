//! What the scopes for registered MCP servers permit, in LangSmith's permissions.

use primitives::server_permissions::{ServerPermission, ServerPermissions};

use crate::scope::{Scope, ScopeSet};

impl Scope {
    /// The permissions that this scope passes on, as far as the person has them.
    pub fn server_permissions(self) -> ServerPermissions {
        use ServerPermission::{Create, Delete, Invoke, Read, Update};
        let permissions: &[ServerPermission] = match self {
            Self::ServersUse => &[Read, Invoke],
            Self::ServersManage => &[Read, Create, Update, Delete],
            Self::LangsmithRead
            | Self::LangsmithWrite
            | Self::LangsmithPublish
            | Self::BillingRead
            | Self::AgentsRun => &[],
        };
        permissions.iter().copied().collect()
    }

    /// Whether the scope would let an app do anything for a person with these permissions. Only reading is nothing to
    /// manage.
    pub fn is_of_use_with(self, permissions: ServerPermissions) -> bool {
        let needed = match self {
            Self::ServersUse => self.server_permissions(),
            Self::ServersManage => self.server_permissions().without(Self::ServersUse.server_permissions()),
            Self::LangsmithRead
            | Self::LangsmithWrite
            | Self::LangsmithPublish
            | Self::BillingRead
            | Self::AgentsRun => return true,
        };
        !permissions.intersect(needed).is_empty()
    }
}

impl ScopeSet {
    /// The permissions that these scopes pass on, as far as the person has them.
    pub fn server_permissions(self) -> ServerPermissions {
        self.iter().map(Scope::server_permissions).fold(ServerPermissions::EMPTY, ServerPermissions::union)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_scopes_for_servers_pass_permissions_on() {
        for scope in Scope::ALL {
            let is_for_servers = scope.as_str().starts_with("servers:");
            assert_eq!(!scope.server_permissions().is_empty(), is_for_servers, "{scope:?}");
        }
        assert_eq!(ScopeSet::all().server_permissions(), ServerPermissions::ALL);
        let manage = Scope::ServersManage.server_permissions();
        assert!(!manage.contains(ServerPermission::Invoke), "managing calls no tools");
    }

    #[test]
    fn a_scope_is_of_use_if_the_person_can_do_what_it_is_for() {
        use ServerPermission::{Create, Delete, Invoke, Read, Update};
        for (permissions, uses, manages) in [
            (&[][..], false, false),
            (&[Read], true, false),
            (&[Invoke], true, false),
            (&[Create], false, true),
            (&[Update], false, true),
            (&[Read, Delete], true, true),
        ] {
            let set: ServerPermissions = permissions.iter().copied().collect();
            let useful = [Scope::ServersUse, Scope::ServersManage].map(|scope| scope.is_of_use_with(set));
            assert_eq!(useful, [uses, manages], "{permissions:?}");
            assert!(Scope::LangsmithRead.is_of_use_with(set) && Scope::AgentsRun.is_of_use_with(set));
        }
    }
}
