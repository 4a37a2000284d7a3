//! The credential of a caller at an Agent Server, and the key of the caller's caches.

use agent_server::Credential;
use shared::mcp::agent_servers::AgentServerAuth;

use super::Agents;
use crate::auth::{CallerIdentity, CredentialHandle, WorkspaceAccess};

/// A caller at an Agent Server.
pub(super) struct Access {
    pub(super) credential: Credential,
    /// The cache key: the person, and the credential with its workspace.
    pub(super) key: String,
}

impl Agents {
    pub(super) fn access(&self, identity: &CallerIdentity) -> Access {
        let credential = match self.settings.auth {
            AgentServerAuth::None => Credential::None,
            AgentServerAuth::LangSmith => {
                let workspace = match &identity.workspace {
                    WorkspaceAccess::One(workspace) => Some(workspace.clone()),
                    WorkspaceAccess::All { default } => default.clone(),
                    WorkspaceAccess::KeyDefault { header } => header.clone(),
                };
                match &identity.credential {
                    langsmith::Credential::ApiKey(key) => Credential::ApiKey(key.clone(), workspace),
                    langsmith::Credential::Bearer(token) => Credential::Bearer(token.clone(), workspace),
                }
            }
        };
        let person = match &identity.handle {
            CredentialHandle::Grant { user, .. } => user.as_str(),
            CredentialHandle::Header { fingerprint } => fingerprint,
        };
        let key = format!("{person} {}", credential.fingerprint());
        Access { credential, key }
    }
}
