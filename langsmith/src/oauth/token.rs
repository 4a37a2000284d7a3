//! LangSmith's token endpoint: code exchange and refresh (RFC 6749 §4.1.3 and §6, RFC 7636, RFC 8707).
//!
//! We never retry either: a code works once, and a refresh may rotate the token although its answer was lost.

use std::time::Duration;

use primitives::deadline::Deadline;
use primitives::ids::WorkspaceId;
use primitives::secret::Secret;
use serde::Deserialize;

use super::{ClientAuthentication, OAuthMetadata, TIMEOUT};
use crate::transport::send::Answer;
use crate::workspace_client::parse;
use crate::{LangSmith, UpstreamError};

/// Tokens as LangSmith issued them.
#[derive(Clone, Debug)]
pub struct TokenSet {
    /// For the `Authorization` header.
    pub access_token: Secret,
    /// For the next refresh; absent when LangSmith keeps the old one valid or issues none.
    pub refresh_token: Option<Secret>,
    /// The remaining lifetime of the access token.
    pub expires_in: Option<Duration>,
    /// The workspace that was chosen on LangSmith's consent page.
    pub workspace_id: Option<WorkspaceId>,
}

/// Why LangSmith issued no tokens.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OAuthTokenError {
    /// The code or refresh token is used, expired or revoked. Only this ends a grant.
    #[error("LangSmith reports the grant as invalid")]
    InvalidGrant,
    /// Our client is gone or disabled, or its secret is wrong or no longer valid.
    #[error("LangSmith does not accept our client")]
    InvalidClient,
    /// Our client is not authorized: LangSmith limits it to another resource, or to another flow.
    #[error("LangSmith does not let our client reach its API")]
    ClientNotAllowed,
    /// Any other failure, which says nothing about the grant.
    #[error(transparent)]
    Upstream(#[from] UpstreamError),
}

#[derive(Deserialize)]
struct Issued {
    access_token: String,
    #[serde(default)]
    refresh_token: Option<String>,
    #[serde(default)]
    expires_in: Option<f64>,
    #[serde(default)]
    workspace_id: Option<String>,
}

#[derive(Deserialize)]
struct Refused {
    error: String,
}

impl LangSmith {
    /// Exchanges an authorization code for tokens.
    pub async fn oauth_exchange(
        &self,
        metadata: &OAuthMetadata,
        client: ClientAuthentication<'_>,
        code: &str,
        verifier: &str,
        redirect_uri: &str,
    ) -> Result<TokenSet, OAuthTokenError> {
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("code_verifier", verifier),
            ("redirect_uri", redirect_uri),
        ];
        self.token_request(metadata, client, &form).await
    }

    /// Exchanges a refresh token for new tokens. Takes at most 8 s.
    pub async fn oauth_refresh(
        &self,
        metadata: &OAuthMetadata,
        client: ClientAuthentication<'_>,
        refresh: &Secret,
    ) -> Result<TokenSet, OAuthTokenError> {
        let form = [("grant_type", "refresh_token"), ("refresh_token", refresh.expose())];
        self.token_request(metadata, client, &form).await
    }

    /// The client's secret goes into the form (RFC 6749 section 2.3.1), as LangSmith's own web applications send it.
    async fn token_request(
        &self,
        metadata: &OAuthMetadata,
        client: ClientAuthentication<'_>,
        form: &[(&str, &str)],
    ) -> Result<TokenSet, OAuthTokenError> {
        let mut form = form.to_vec();
        form.push(("client_id", client.client_id));
        form.extend(client.secret.map(|secret| ("client_secret", secret.expose())));
        form.push(("resource", client.resource));
        let request = self.http.post(metadata.token_endpoint.clone()).form(&form);
        let answer = self.attempt(request, Deadline::after(TIMEOUT)).await?;
        if !answer.status.is_success() {
            return Err(refusal(&answer));
        }
        let issued: Issued = parse(&answer.body)?;
        Ok(token_set(issued))
    }
}

/// RFC 6749 §5.2: an OAuth error is a 400, or a 401 for `invalid_client`. The same error code with any other status
/// comes from a server or proxy out of order and must not end a grant.
fn refusal(answer: &Answer) -> OAuthTokenError {
    let refused =
        matches!(answer.status.as_u16(), 400 | 401).then(|| parse::<Refused>(&answer.body).ok()).flatten();
    match refused.as_ref().map(|refused| refused.error.as_str()) {
        Some("invalid_grant") => OAuthTokenError::InvalidGrant,
        Some("invalid_client") => OAuthTokenError::InvalidClient,
        Some("invalid_target" | "unauthorized_client") => OAuthTokenError::ClientNotAllowed,
        _ => OAuthTokenError::Upstream(answer.error()),
    }
}

fn token_set(issued: Issued) -> TokenSet {
    TokenSet {
        access_token: Secret::new(issued.access_token),
        refresh_token: issued.refresh_token.filter(|token| !token.is_empty()).map(Secret::new),
        expires_in: issued.expires_in.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()),
        workspace_id: issued.workspace_id.filter(|id| !id.is_empty()).map(WorkspaceId::new),
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::StatusCode;

    use super::*;

    fn refused(status: StatusCode, body: &'static str) -> OAuthTokenError {
        refusal(&Answer {
            status,
            retry_after: None,
            html: false,
            total: None,
            body: Bytes::from_static(body.as_bytes()),
        })
    }

    #[test]
    fn only_a_genuine_refusal_is_about_the_grant() {
        let body = r#"{"error":"invalid_grant"}"#;
        assert_eq!(refused(StatusCode::BAD_REQUEST, body), OAuthTokenError::InvalidGrant);
        let client = r#"{"error":"invalid_client"}"#;
        assert_eq!(refused(StatusCode::UNAUTHORIZED, client), OAuthTokenError::InvalidClient);
        let target = r#"{"error":"invalid_target","error_description":"resource is required"}"#;
        assert_eq!(refused(StatusCode::BAD_REQUEST, target), OAuthTokenError::ClientNotAllowed);
        for status in [500, 503, 429, 403, 404] {
            let status = StatusCode::from_u16(status).unwrap();
            assert!(matches!(refused(status, body), OAuthTokenError::Upstream(_)), "{status}");
        }
        assert!(matches!(refused(StatusCode::BAD_REQUEST, "<html>"), OAuthTokenError::Upstream(_)));
    }
}
