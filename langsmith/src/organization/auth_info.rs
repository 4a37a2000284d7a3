//! Whose a credential is and where it works, in one request: `GET /auth/public`, which takes API keys and access tokens
//! alike (LangSmith's API description, `authn.PublicAuthInfo`).

use primitives::ids::{UserId, WorkspaceId};
use serde::Deserialize;

use crate::{UpstreamError, WorkspaceClient};

const PATH: &str = "/auth/public";

/// The identity behind a credential, and the workspace that its requests are about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthInfo {
    /// The LangSmith user; a service key has none.
    pub user: Option<UserId>,
    /// UUID of the organization.
    pub organization: Option<String>,
    /// The workspace: that of the request if it names one, else the credential's own.
    pub workspace: Option<WorkspaceId>,
}

/// LangSmith's answer. Its `user_id` and `user_email` are those of the login, and not read.
#[derive(Deserialize)]
struct PublicAuthInfo {
    #[serde(default)]
    ls_user_id: Option<String>,
    #[serde(default)]
    organization_id: Option<String>,
    #[serde(default)]
    tenant_id: Option<String>,
}

impl WorkspaceClient<'_> {
    /// The identity of the caller. [`UpstreamError::Unauthorized`] means an invalid credential, and
    /// [`UpstreamError::Forbidden`] a workspace that is not the caller's.
    pub async fn auth_info(&self) -> Result<AuthInfo, UpstreamError> {
        let info: PublicAuthInfo = self.at_langsmith().get(PATH, &[]).await?;
        Ok(AuthInfo {
            user: info.ls_user_id.as_deref().and_then(UserId::of_account),
            organization: info.organization_id.filter(|id| !id.is_empty()),
            workspace: info.tenant_id.filter(|id| !id.is_empty()).map(WorkspaceId::new),
        })
    }
}
