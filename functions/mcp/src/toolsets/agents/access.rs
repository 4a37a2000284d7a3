//! The credential of a caller at an Agent Server, and the key of the caller's caches.

use agent_server::Credential;
use primitives::ids::WorkspaceId;
use shared::mcp::agent_servers::AgentServerAuth;

use super::Agents;
use crate::auth::{CallerIdentity, CredentialHandle, WorkspaceAccess};

/// A caller at an Agent Server.
pub(super) struct Access {
    pub(super) credential: Credential,
    /// The person, the same for each of their logins; for a caller with a key, the key's fingerprint.
    pub(super) person: String,
    /// The workspace of the login; empty if there is none.
    pub(super) workspace: String,
    /// The cache key: the person, and the credential with its workspace.
    pub(super) key: String,
}

impl Access {
    /// The caller's access with the credential that `auth` means.
    pub(super) fn of(identity: &CallerIdentity, auth: AgentServerAuth) -> Self {
        let workspace = workspace(identity);
        let named = workspace.as_ref().map_or_else(String::new, |workspace| workspace.as_str().to_owned());
        let credential = match auth {
            AgentServerAuth::None => Credential::None,
            AgentServerAuth::LangSmith => match &identity.credential {
                langsmith::Credential::ApiKey(key) => Credential::ApiKey(key.clone(), workspace),
                langsmith::Credential::Bearer(token) => Credential::Bearer(token.clone(), workspace),
            },
        };
        let person = Self::person(identity).to_owned();
        let key = format!("{person} {}", credential.fingerprint());
        Self { credential, person, workspace: named, key }
    }

    /// The person who calls.
    pub(super) fn person(identity: &CallerIdentity) -> &str {
        match &identity.handle {
            CredentialHandle::Grant { user, .. } => user.as_str(),
            CredentialHandle::Header { fingerprint } => fingerprint,
        }
    }
}

impl Agents {
    pub(super) fn access(&self, identity: &CallerIdentity) -> Access {
        Access::of(identity, self.settings.auth)
    }
}

/// The workspace of the caller's requests; `None` is the credential's own.
pub(super) fn workspace(identity: &CallerIdentity) -> Option<WorkspaceId> {
    match &identity.workspace {
        WorkspaceAccess::One(workspace) => Some(workspace.clone()),
        WorkspaceAccess::All { default } => default.clone(),
        WorkspaceAccess::KeyDefault { header } => header.clone(),
    }
}
