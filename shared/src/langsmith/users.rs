//! Who a credential belongs to: `GET /api/v1/me/ls_user_id`.

use super::caller::parse;
use super::{Caller, UpstreamError};
use crate::ids::UserId;

impl Caller<'_> {
    /// The LangSmith user behind the credential; `None` for a service key, which is valid but belongs to no user.
    ///
    /// A service key is answered with null or refused with 403 or 404 here while it may still list its workspaces, so
    /// that list decides between "no user" and "no access". [`UpstreamError::Unauthorized`] means a bad credential.
    pub async fn ls_user_id(&self) -> Result<Option<UserId>, UpstreamError> {
        match self.get_bytes("/api/v1/me/ls_user_id", &[]).await {
            Ok(body) => {
                let user: Option<String> = parse(&body)?;
                Ok(user.filter(|user| !user.is_empty()).map(UserId::new))
            }
            Err(UpstreamError::Forbidden | UpstreamError::NotFound) => self.workspaces().await.map(|_| None),
            Err(error) => Err(error),
        }
    }
}
