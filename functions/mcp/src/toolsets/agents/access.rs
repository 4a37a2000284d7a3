//! The credential of a caller at an Agent Server, and the key of the caller's caches.

use agent_server::Credential;
use oauth::return_to::CONNECTIONS_PATH;
use primitives::ids::WorkspaceId;
use shared::mcp::agent_servers::AgentServerAuth;
use shared::vault::{ConnectedServer, OwnCredential, Scheme};

use super::Agents;
use crate::auth::{CallerIdentity, CredentialHandle, WorkspaceAccess};
use crate::toolset::{ListError, SetError, ToolError};

/// The reason for a refused credential of LangSmith's.
pub(super) const REFUSED_LOGIN: &str = "It does not accept your LangSmith credential: end this app's connection on the \
                                        page of your connections, then log in with one that it accepts.";

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

/// Why a caller has no credential for a server that wants one of their own.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum NotConnected {
    /// They have not connected to it. This is the page where they can.
    Yet(String),
    /// They have no login: only a person can connect.
    KeyCaller,
    /// Their connection cannot be read just now.
    Unavailable,
}

/// What a person can do about a credential that a server refuses.
pub(super) enum Remedy {
    /// Enter another key of their own, on this page.
    OwnKey(String),
    /// End the app's connection on this page, and log in with another credential.
    NewLogin(String),
}

impl Access {
    /// The caller's access with their LangSmith credential.
    pub(super) fn with_langsmith(identity: &CallerIdentity) -> Self {
        let workspace = workspace(identity);
        let credential = match &identity.credential {
            langsmith::Credential::ApiKey(key) => Credential::ApiKey(key.clone(), workspace),
            langsmith::Credential::Bearer(token) => Credential::Bearer(token.clone(), workspace),
        };
        Self::new(identity, credential)
    }

    fn new(identity: &CallerIdentity, credential: Credential) -> Self {
        let workspace = workspace(identity).map_or_else(String::new, |id| id.as_str().to_owned());
        let person = Self::person(identity).to_owned();
        let key = format!("{person} {}", credential.fingerprint());
        Self { credential, person, workspace, key }
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
    /// The caller's access to the server.
    pub(super) async fn access(&self, identity: &CallerIdentity) -> Result<Access, NotConnected> {
        match self.settings.auth {
            AgentServerAuth::LangSmith => Ok(Access::with_langsmith(identity)),
            AgentServerAuth::None => Ok(Access::new(identity, Credential::None)),
            AgentServerAuth::Own => Ok(Access::new(identity, self.own_credential(identity).await?)),
        }
    }

    async fn own_credential(&self, identity: &CallerIdentity) -> Result<Credential, NotConnected> {
        let CredentialHandle::Grant { user, .. } = &identity.handle else {
            return Err(NotConnected::KeyCaller);
        };
        let yet = || NotConnected::Yet(self.public_url.join(CONNECTIONS_PATH));
        let server = ConnectedServer::of(&self.settings).ok_or_else(yet)?;
        let connections = self.connections.as_ref().ok_or_else(yet)?;
        match connections.open(user, &server).await {
            Ok(Some(OwnCredential { scheme: Scheme::ApiKey, secret })) => {
                Ok(Credential::ApiKey(secret, None))
            }
            Ok(Some(OwnCredential { scheme: Scheme::Bearer, secret })) => {
                Ok(Credential::Bearer(secret, None))
            }
            Ok(None) => Err(yet()),
            Err(error) => {
                tracing::error!(server = %self.settings.name, %error, "a connection could not be read");
                Err(NotConnected::Unavailable)
            }
        }
    }

    /// What the caller can do about a credential that the server refuses; nothing without a login.
    pub(super) fn remedy(&self, identity: &CallerIdentity) -> Option<Remedy> {
        if !matches!(identity.handle, CredentialHandle::Grant { .. }) {
            return None;
        }
        let page = self.public_url.join(CONNECTIONS_PATH);
        match self.settings.auth {
            AgentServerAuth::Own => Some(Remedy::OwnKey(page)),
            AgentServerAuth::LangSmith => Some(Remedy::NewLogin(page)),
            AgentServerAuth::None => None,
        }
    }

    /// The outcome of a call of an agent: the error for a refused credential says where to replace it.
    pub(super) fn with_remedy<T>(
        &self,
        identity: &CallerIdentity,
        outcome: Result<T, SetError>,
    ) -> Result<T, SetError> {
        outcome.map_err(|error| match (error, self.remedy(identity)) {
            (SetError::Credential { .. }, Some(Remedy::OwnKey(page))) => {
                SetError::Credential { url: Some(page) }
            }
            (SetError::Credential { .. }, Some(Remedy::NewLogin(page))) => {
                tracing::warn!(server = %self.name(), "a caller's LangSmith credential is refused");
                let message = format!("{}: {} The page is {page}", self.name(), REFUSED_LOGIN);
                ToolError::unconnected(message).into()
            }
            (error, _) => error,
        })
    }

    /// The outcome of a tool that belongs to no single server: the error for a refused credential names the server, too.
    pub(super) fn naming_itself<T>(
        &self,
        identity: &CallerIdentity,
        outcome: Result<T, SetError>,
    ) -> Result<T, SetError> {
        self.with_remedy(identity, outcome).map_err(|error| match error {
            SetError::Credential { url } => ToolError::not_connected(self.name(), url.as_deref()).into(),
            error => error,
        })
    }

    /// The error of a call by a caller without access.
    pub(super) fn inaccessible(&self, why: &NotConnected) -> SetError {
        let message = format!("{}: {}", self.name(), why.reason());
        match why {
            NotConnected::Yet(url) => ToolError::unconnected(format!("{message} The page is {url}")),
            NotConnected::KeyCaller => ToolError::unconnected(message),
            NotConnected::Unavailable => ToolError::of_backend(message),
        }
        .into()
    }
}

impl NotConnected {
    const fn reason(&self) -> &'static str {
        match self {
            Self::Yet(_) => {
                "It wants a key or token of your own: enter one on the page of your connections, then try again."
            }
            Self::KeyCaller => {
                "It wants a key or token of your own, which you can enter only with a login: this client sends a \
                 LangSmith key instead."
            }
            Self::Unavailable => "Your connection to it cannot be read just now.",
        }
    }
}

impl From<NotConnected> for ListError {
    fn from(why: NotConnected) -> Self {
        let reason = why.reason().to_owned();
        let url = match why {
            NotConnected::Yet(url) => Some(url),
            NotConnected::KeyCaller | NotConnected::Unavailable => None,
        };
        Self::Missing { reason, url }
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
