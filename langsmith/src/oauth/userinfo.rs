//! The user of a login: `GET /userinfo` (OIDC Core 1.0 section 5.3).

use primitives::deadline::Deadline;
use primitives::ids::UserId;
use primitives::secret::Secret;
use reqwest::Url;
use serde::Deserialize;

use super::{OAuthMetadata, TIMEOUT};
use crate::workspace_client::parse;
use crate::{Credential, LangSmith, UpstreamError};

/// The claims of the user of an access token. All but `sub` may be missing.
#[derive(Clone, Debug, Deserialize)]
pub struct UserInfo {
    /// The subject: an arbitrary text that never changes.
    sub: String,
    /// The user's name.
    #[serde(default)]
    pub name: Option<String>,
    /// The user's e-mail address.
    #[serde(default)]
    pub email: Option<String>,
    /// The organization that the token is for.
    #[serde(default, rename = "ls_org_name")]
    pub organization: Option<String>,
}

impl UserInfo {
    /// The user; `None` when `sub` is not a valid OIDC subject.
    pub fn user(&self) -> Option<UserId> {
        UserId::of_account(&self.sub)
    }
}

impl LangSmith {
    /// The claims of the user of an access token. No retries: callers have an alternative.
    pub async fn userinfo(
        &self,
        metadata: &OAuthMetadata,
        token: &Secret,
    ) -> Result<UserInfo, UpstreamError> {
        let mut headers = http::HeaderMap::new();
        Credential::Bearer(token.clone()).apply(&mut headers)?;
        let request = self.http.get(endpoint(metadata)?).headers(headers);
        parse(&self.attempt(request, Deadline::after(TIMEOUT)).await?.success()?)
    }
}

/// LangSmith's RFC 8414 metadata does not name the endpoint; it is below the issuer.
fn endpoint(metadata: &OAuthMetadata) -> Result<Url, UpstreamError> {
    if let Some(endpoint) = &metadata.userinfo_endpoint {
        return Ok(endpoint.clone());
    }
    let mut url = Url::parse(&metadata.issuer).map_err(|_| UpstreamError::Malformed)?;
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().push("userinfo");
    }
    Ok(url)
}
