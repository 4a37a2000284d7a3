//! Who a credential belongs to: `GET /api/v1/me/ls_user_id`, and in which organization it works.

use serde::Deserialize;

use super::caller::parse;
use super::{Caller, UpstreamError};
use crate::ids::UserId;

/// What we read of an organization.
#[derive(Deserialize)]
struct Organization {
    #[serde(default)]
    display_name: Option<String>,
}

impl Caller<'_> {
    /// The LangSmith user behind the credential; `None` when it names nobody. LangSmith refuses the question with 403 or
    /// 404 for keys, although it takes them for everything else.
    pub async fn user_id(&self) -> Result<Option<UserId>, UpstreamError> {
        let user: Option<String> =
            parse(&self.at_langsmith().get_bytes("/api/v1/me/ls_user_id", &[]).await?)?;
        Ok(user.as_deref().and_then(UserId::of_account))
    }

    /// The same for a key; `None` when it is good, but LangSmith does not tell whose it is: a service key is nobody's, and
    /// owners of personal keys are not told everywhere.
    ///
    /// The list of workspaces decides between "not told" and "no access". [`UpstreamError::Unauthorized`] means a bad key.
    pub async fn ls_user_id(&self) -> Result<Option<UserId>, UpstreamError> {
        match self.user_id().await {
            Err(UpstreamError::Forbidden | UpstreamError::NotFound { .. }) => {
                self.workspaces().await.map(|_| None)
            }
            outcome => outcome,
        }
    }

    /// Whether LangSmith accepts the key: it lists what it reaches, which also tells its data planes, or who it belongs to.
    /// [`UpstreamError::Unauthorized`] means a bad key.
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
