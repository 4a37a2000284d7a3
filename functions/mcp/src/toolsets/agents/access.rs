//! The credential of a caller at an Agent Server, and the key of the caller's caches.

use agent_server::Credential;
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
        let workspace = match &identity.workspace {
            WorkspaceAccess::One(workspace) => Some(workspace.clone()),
            WorkspaceAccess::All { default } => default.clone(),
            WorkspaceAccess::KeyDefault { header } => header.clone(),
        };
        let named = workspace.as_ref().map_or_else(String::new, |workspace| workspace.as_str().to_owned());
        let credential = match self.settings.auth {
            AgentServerAuth::None => Credential::None,
            AgentServerAuth::LangSmith => match &identity.credential {
                langsmith::Credential::ApiKey(key) => Credential::ApiKey(key.clone(), workspace),
                langsmith::Credential::Bearer(token) => Credential::Bearer(token.clone(), workspace),
            },
        };
        let person = Access::person(identity).to_owned();
        let key = format!("{person} {}", credential.fingerprint());
        Access { credential, person, workspace: named, key }
    }
}
