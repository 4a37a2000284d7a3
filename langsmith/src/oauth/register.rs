//! Our client registration at LangSmith (RFC 7591). Done once per deployment and stored by the caller.

use std::time::Duration;

use http::StatusCode;
use primitives::deadline::Deadline;
use serde::Deserialize;
use serde_json::json;

use super::{OAuthMetadata, TIMEOUT};
use crate::workspace_client::parse;
use crate::{LangSmith, UpstreamError};

/// How long a login waits to learn whether our registration still exists.
const LOOK_UP: Duration = Duration::from_secs(3);

/// An OAuth error response; the code does not matter.
#[derive(Deserialize)]
struct Refused {
    #[serde(rename = "error")]
    _code: String,
}

#[derive(Deserialize)]
struct Registered {
    client_id: String,
}

impl LangSmith {
    /// Registers a public client with one redirect URI and returns its client id.
    ///
    /// [`UpstreamError::NotFound`] when the deployment's registration is closed.
    pub async fn oauth_register(
        &self,
        metadata: &OAuthMetadata,
        redirect_uri: &str,
    ) -> Result<String, UpstreamError> {
        let endpoint = metadata.registration_endpoint.clone().ok_or(UpstreamError::NOT_FOUND)?;
        let request = self.http.post(endpoint).json(&json!({
            "client_name": "LangSmith Remote MCP",
            "redirect_uris": [redirect_uri],
            "grant_types": ["authorization_code", "refresh_token"],
            "response_types": ["code"],
            "token_endpoint_auth_method": "none",
        }));
        let answer = self.attempt(request, Deadline::after(TIMEOUT)).await?;
        let registered: Registered = parse(&answer.success()?)?;
        if registered.client_id.is_empty() { Err(UpstreamError::Malformed) } else { Ok(registered.client_id) }
    }

    /// Whether the deployment reports our client as unknown: 404 with an OAuth error in JSON. Anything else, a failed
    /// request included, counts as known. A wrong answer costs one more registration.
    pub async fn oauth_client_is_gone(&self, metadata: &OAuthMetadata, client_id: &str) -> bool {
        // A sibling of the authorization endpoint: `/oauth/authorize` or `/api/oauth/authorize`.
        let mut url = metadata.authorization_endpoint.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().pop().extend(["client", client_id]);
        }
        url.set_query(None);
        match self.attempt(self.http.get(url), Deadline::after(LOOK_UP)).await {
            Ok(answer) => answer.status == StatusCode::NOT_FOUND && parse::<Refused>(&answer.body).is_ok(),
            Err(_) => false,
        }
    }
}
