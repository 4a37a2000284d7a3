//! Who a login is, as OIDC tells it: `GET /userinfo` (OIDC Core 1.0 section 5.3).

use reqwest::Url;
use serde::Deserialize;

use super::{OAuthMetadata, TIMEOUT};
use crate::deadline::Deadline;
use crate::ids::UserId;
use crate::langsmith::caller::parse;
use crate::langsmith::{Credential, LangSmith, UpstreamError};
use crate::secret::Secret;

/// What LangSmith tells of the person behind an access token. All but `sub` may be missing.
#[derive(Clone, Debug, Deserialize)]
pub struct UserInfo {
    /// Who it is: any text, the same for ever.
    sub: String,
    /// What the person is called.
    #[serde(default)]
    pub name: Option<String>,
    /// Their e-mail address.
    #[serde(default)]
    pub email: Option<String>,
    /// The organization that the token is for.
    #[serde(default, rename = "ls_org_name")]
    pub organization: Option<String>,
}

impl UserInfo {
    /// The person; `None` when the text is none that OIDC allows.
    pub fn user(&self) -> Option<UserId> {
        UserId::of_account(&self.sub)
    }
}

impl LangSmith {
    /// The claims of an access token's person. Asked once: who needs it has another way.
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

/// RFC 8414 documents of LangSmith do not name it; it stands below the issuer.
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
