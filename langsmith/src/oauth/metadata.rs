//! Discovery of LangSmith's authorization server (RFC 8414) and the validation of its metadata.

use std::pin::pin;
use std::time::Duration;

use futures_util::future::{Either, select};
use http::StatusCode;
use primitives::deadline::Deadline;
use reqwest::Url;
use serde::Deserialize;

use super::TIMEOUT;
use crate::workspace_client::parse;
use crate::{LangSmith, UpstreamError};

/// The members of LangSmith's authorization server metadata that we use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OAuthMetadata {
    /// RFC 8414 `issuer`.
    pub issuer: String,
    /// The endpoint that the browser is sent to.
    pub authorization_endpoint: Url,
    /// The endpoint that exchanges codes and refresh tokens.
    pub token_endpoint: Url,
    /// The endpoint for our own registration; absent when registration is closed.
    pub registration_endpoint: Option<Url>,
    /// The endpoint for a user's claims (OIDC), if not at its default location.
    pub userinfo_endpoint: Option<Url>,
}

#[derive(Deserialize)]
struct Document {
    issuer: String,
    authorization_endpoint: Url,
    token_endpoint: Url,
    #[serde(default)]
    registration_endpoint: Option<Url>,
    #[serde(default)]
    code_challenge_methods_supported: Vec<String>,
    #[serde(default)]
    userinfo_endpoint: Option<Url>,
}

const AT_ROOT: &str = "/.well-known/oauth-authorization-server";
const BELOW_API: &str = "/api/.well-known/oauth-authorization-server";

/// How long to wait for the document at the root once the other one has arrived.
const PREFERENCE: Duration = Duration::from_secs(1);

/// The metadata at one location; `None` when it has no such document.
type Found = Result<Option<OAuthMetadata>, UpstreamError>;

impl LangSmith {
    /// The metadata of the deployment's authorization server; `None` when it has none.
    ///
    /// Self-hosted deployments publish it under `/api`, so both locations are tried, whatever the other one answers: a
    /// proxy may guard the root, or not answer there. A document at the root takes precedence.
    pub async fn oauth_metadata(&self) -> Found {
        let deadline = Deadline::after(TIMEOUT);
        let (root, api) = (pin!(self.document(AT_ROOT, deadline)), pin!(self.document(BELOW_API, deadline)));
        match select(root, api).await {
            Either::Left((Ok(Some(found)), _)) => Ok(Some(found)),
            Either::Left((failed, api)) => first_of(failed, api.await),
            Either::Right((Ok(Some(found)), root)) => match Deadline::after(PREFERENCE).limit(root).await {
                Ok(Ok(Some(preferred))) => Ok(Some(preferred)),
                _ => Ok(Some(found)),
            },
            Either::Right((failed, root)) => first_of(root.await, failed),
        }
    }

    /// Fetches one location. Many deployments answer unknown paths with the HTML of their web application, which means
    /// the same as 404.
    async fn document(&self, path: &str, deadline: Deadline) -> Found {
        let answer = self.attempt(self.http.get(self.url(path)), deadline).await?;
        if answer.status == StatusCode::NOT_FOUND || (answer.status.is_success() && answer.html) {
            return Ok(None);
        }
        self.checked(&parse(&answer.success()?)?).map(Some)
    }

    /// The document is trusted only if its URLs stay with the deployment that published it: these endpoints receive
    /// codes and refresh tokens. RFC 8414 §2 demands that S256 is listed when PKCE is supported.
    fn checked(&self, document: &Document) -> Result<OAuthMetadata, UpstreamError> {
        let issuer = Url::parse(&document.issuer).map_err(|_| UpstreamError::Malformed)?;
        let endpoints = [&issuer, &document.authorization_endpoint, &document.token_endpoint];
        let optional = document.registration_endpoint.iter().chain(&document.userinfo_endpoint);
        let sane = endpoints.into_iter().chain(optional).all(|url| self.is_ours(url));
        if !sane || !document.code_challenge_methods_supported.iter().any(|method| method == "S256") {
            return Err(UpstreamError::Malformed);
        }
        Ok(OAuthMetadata {
            issuer: document.issuer.clone(),
            authorization_endpoint: document.authorization_endpoint.clone(),
            token_endpoint: document.token_endpoint.clone(),
            registration_endpoint: document.registration_endpoint.clone(),
            userinfo_endpoint: document.userinfo_endpoint.clone(),
        })
    }

    fn is_ours(&self, url: &Url) -> bool {
        let encrypted =
            url.scheme() == "https" || (url.scheme() == "http" && self.endpoint.scheme() == "http");
        let plain = url.username().is_empty() && url.password().is_none();
        encrypted && plain && same_site(url, &self.endpoint)
    }
}

/// A document from either location. `None` only when both locations have none.
fn first_of(root: Found, api: Found) -> Found {
    match (root, api) {
        (Ok(Some(found)), _) | (_, Ok(Some(found))) => Ok(Some(found)),
        (Err(error), _) | (_, Err(error)) => Err(error),
        (Ok(None), Ok(None)) => Ok(None),
    }
}

/// Whether hosts are equal, or below one domain of at least two labels: LangSmith's API, application and OAuth hosts
/// are siblings (`api.smith.…`, `eu.api.smith.…`).
fn same_site(a: &Url, b: &Url) -> bool {
    let (Some(host_a), Some(host_b)) = (a.host_str(), b.host_str()) else { return false };
    host_a == host_b || domain(a).zip(domain(b)).is_some_and(|(a, b)| a == b)
}

fn domain(url: &Url) -> Option<&str> {
    let host = url.domain()?;
    let (rest, _) = host.rsplit_once('.')?;
    Some(rest.rfind('.').map_or(host, |dot| host.get(dot + 1..).unwrap_or(host)))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use primitives::clock::SystemClock;
    use primitives::random::SystemRandom;

    use super::*;
    use crate::http_client;

    fn check(
        endpoint: &str,
        issuer: &str,
        token: &str,
        method: &str,
    ) -> Result<OAuthMetadata, UpstreamError> {
        let endpoint = Url::parse(endpoint).unwrap();
        let (clock, random) = (Arc::new(SystemClock), Arc::new(SystemRandom));
        let langsmith = LangSmith::new(endpoint, http_client(None).unwrap(), clock, random);
        let document = serde_json::json!({
            "issuer": issuer, "authorization_endpoint": token, "token_endpoint": token,
            "code_challenge_methods_supported": [method],
            "protected_resources_supported": ["https://api.smith.langchain.com/mcp", "https://other.example"],
        });
        langsmith.checked(&serde_json::from_value(document).unwrap())
    }

    const API: &str = "https://api.smith.langchain.com";

    #[test]
    fn a_sound_document_is_taken_over() {
        let metadata =
            check(API, "https://smith.langchain.com", "https://eu.api.smith.langchain.com/t", "S256")
                .unwrap();
        assert_eq!(metadata.issuer, "https://smith.langchain.com");
        assert!(
            check("http://127.0.0.1:9/api", "http://127.0.0.1:9", "http://127.0.0.1:9/oauth/token", "S256")
                .is_ok()
        );
    }

    #[test]
    fn a_document_that_leads_elsewhere_is_refused() {
        for (issuer, token, method) in [
            ("https://evil.example", "https://api.smith.langchain.com/t", "S256"),
            (API, "https://langchain.com.evil.example/t", "S256"),
            (API, "http://api.smith.langchain.com/t", "S256"),
            (API, "https://user@api.smith.langchain.com/t", "S256"),
            (API, "https://169.254.169.254/t", "S256"),
            (API, "https://api.smith.langchain.com/t", "plain"),
            ("not a url", "https://api.smith.langchain.com/t", "S256"),
        ] {
            assert_eq!(
                check(API, issuer, token, method),
                Err(UpstreamError::Malformed),
                "{issuer} {token} {method}"
            );
        }
        assert!(check("https://127.0.0.1", "https://127.0.0.1", "https://10.0.0.1/t", "S256").is_err());
    }
}
