//! The owner of a credential: `GET /api/v1/me/ls_user_id`, and the organization in which it works.

use primitives::ids::UserId;
use serde::Deserialize;

use crate::workspace_client::parse;
use crate::{UpstreamError, WorkspaceClient};

/// The members of an organization that we read.
#[derive(Deserialize)]
struct Organization {
    #[serde(default)]
    display_name: Option<String>,
}

impl WorkspaceClient<'_> {
    /// The LangSmith user of the credential; `None` when there is none. LangSmith refuses this request with 403 or 404
    /// for API keys that it accepts everywhere else.
    pub async fn user_id(&self) -> Result<Option<UserId>, UpstreamError> {
        let user: Option<String> =
            parse(&self.at_langsmith().get_bytes("/api/v1/me/ls_user_id", &[]).await?)?;
        Ok(user.as_deref().and_then(UserId::of_account))
    }

    /// Like [`user_id`](Self::user_id), for an API key; `None` when the key is valid, but its owner unknown: a service
    /// key has none, and not every deployment reports the owners of personal keys.
    ///
    /// The list of workspaces tells "unknown" from "no access". [`UpstreamError::Unauthorized`] means an invalid key.
    pub async fn ls_user_id(&self) -> Result<Option<UserId>, UpstreamError> {
        match self.user_id().await {
            Err(UpstreamError::Forbidden | UpstreamError::NotFound { .. }) => {
                self.workspaces().await.map(|_| None)
            }
            outcome => outcome,
        }
    }

    /// Checks that LangSmith accepts the key: it lists the key's workspaces, which also reports their data planes, or
    /// tells its owner. [`UpstreamError::Unauthorized`] means an invalid key.
    pub async fn accepted(&self) -> Result<(), UpstreamError> {
        match self.workspaces().await {
            Err(UpstreamError::Forbidden | UpstreamError::NotFound { .. }) => self.user_id().await.map(drop),
            outcome => outcome.map(drop),
        }
    }

    /// The name of the organization that the credential works in, if it may see that.
    pub async fn organization_name(&self) -> Result<Option<String>, UpstreamError> {
        let answer = self.at_langsmith().get_bytes("/api/v1/orgs/current/info", &[]).await?;
        let organization: Organization = parse(&answer)?;
        Ok(organization.display_name)
    }
}
