//! The credential of a caller at an Agent Server.

use http::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use primitives::ids::WorkspaceId;
use primitives::secret::Secret;

use crate::AgentError;

const API_KEY: HeaderName = HeaderName::from_static("x-api-key");
const TENANT_ID: HeaderName = HeaderName::from_static("x-tenant-id");

/// The credential of a request. LangSmith's deployments take an API key or a bearer token, with the workspace beside it; a
/// server with its own authentication decides itself.
#[derive(Clone, Debug)]
pub enum Credential {
    /// Nothing.
    None,
    /// A key, sent as `X-Api-Key`.
    ApiKey(Secret, Option<WorkspaceId>),
    /// A token, sent as a bearer token.
    Bearer(Secret, Option<WorkspaceId>),
}

impl Credential {
    /// A cache key: equal for equal credentials in equal workspaces, and no secret.
    pub fn fingerprint(&self) -> String {
        let (kind, secret, workspace) = match self {
            Self::None => return String::new(),
            Self::ApiKey(key, workspace) => ("key", key, workspace),
            Self::Bearer(token, workspace) => ("bearer", token, workspace),
        };
        let workspace = workspace.as_ref().map_or("", WorkspaceId::as_str);
        format!("{kind}:{}:{workspace}", secret.fingerprint())
    }

    /// Adds the credential to a request. A text that is no valid header value is not a credential.
    pub(crate) fn apply(&self, headers: &mut HeaderMap) -> Result<(), AgentError> {
        let (name, value, workspace) = match self {
            Self::None => return Ok(()),
            Self::ApiKey(key, workspace) => (API_KEY, HeaderValue::from_str(key.expose()), workspace),
            Self::Bearer(token, workspace) => {
                (AUTHORIZATION, HeaderValue::try_from(format!("Bearer {}", token.expose())), workspace)
            }
        };
        let mut value = value.map_err(|_| AgentError::Unauthorized)?;
        value.set_sensitive(true);
        headers.insert(name, value);
        if let Some(workspace) = workspace {
            let workspace =
                HeaderValue::from_str(workspace.as_str()).map_err(|_| AgentError::Unauthorized)?;
            headers.insert(TENANT_ID, workspace);
        }
        Ok(())
    }
}
