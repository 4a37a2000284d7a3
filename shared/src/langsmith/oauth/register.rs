//! Registration of ourselves at LangSmith (RFC 7591). Done once for a deployment and kept by the caller.

use serde::Deserialize;
use serde_json::json;
use tokio::time::Instant;

use super::{OAuthMetadata, TIMEOUT};
use crate::langsmith::caller::parse;
use crate::langsmith::{LangSmith, UpstreamError};

#[derive(Deserialize)]
struct Registered {
    client_id: String,
}

impl LangSmith {
    /// Registers a public client with one redirect URI; the new client id.
    ///
    /// [`UpstreamError::NotFound`] when the deployment's registration is closed.
    pub async fn oauth_register(
        &self,
        metadata: &OAuthMetadata,
        redirect_uri: &str,
    ) -> Result<String, UpstreamError> {
        let endpoint = metadata.registration_endpoint.clone().ok_or(UpstreamError::NotFound)?;
        let request = self.http.post(endpoint).json(&json!({
            "client_name": "LangSmith Remote MCP",
            "redirect_uris": [redirect_uri],
            "grant_types": ["authorization_code", "refresh_token"],
            "response_types": ["code"],
            "token_endpoint_auth_method": "none",
        }));
        let answer = self.attempt(request, Instant::now() + TIMEOUT).await?;
        let registered: Registered = parse(&answer.success()?)?;
        if registered.client_id.is_empty() { Err(UpstreamError::Malformed) } else { Ok(registered.client_id) }
    }
}
