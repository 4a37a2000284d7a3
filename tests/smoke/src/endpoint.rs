//! The endpoint of LangSmith, in the spellings that LangSmith's SDKs accept, with or without `/api` and `/v1`.

use std::fmt;
use std::str::FromStr;

use primitives::authority::is_loopback;
use shared::config::langsmith_endpoint;

/// A LangSmith to which a key may be sent: over TLS, or on this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    origin: String,
    /// Without a final slash; empty for an endpoint without a path.
    path: String,
    loopback: bool,
}

/// The error for a text that is not an endpoint for a key.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum EndpointError {
    /// Not a plain HTTP URL.
    #[error("{0}")]
    NotPlain(&'static str),
    /// Plain HTTP to another machine.
    #[error("takes https; http sends the key in the clear and is only for this machine")]
    InTheClear,
}

impl FromStr for Endpoint {
    type Err = EndpointError;

    fn from_str(text: &str) -> Result<Self, EndpointError> {
        let url = langsmith_endpoint(text).map_err(EndpointError::NotPlain)?;
        let loopback = is_loopback(&url);
        if url.scheme() != "https" && !loopback {
            return Err(EndpointError::InTheClear);
        }
        let path = url.path().trim_end_matches('/').to_owned();
        Ok(Self { origin: url.origin().ascii_serialization(), path, loopback })
    }
}

impl Endpoint {
    /// Scheme, host and port.
    pub(crate) fn origin(&self) -> &str {
        &self.origin
    }

    /// Whether it is on this machine.
    pub(crate) const fn is_loopback(&self) -> bool {
        self.loopback
    }

    /// The same endpoint with another origin, for the server under test.
    pub(crate) fn behind(&self, origin: &str) -> String {
        format!("{origin}{}", self.path)
    }

    /// The path of a resource below `/api/v1`.
    pub(crate) fn api(&self, resource: &str) -> String {
        let path = self.path.strip_suffix("/v1").filter(|rest| rest.ends_with("/api")).unwrap_or(&self.path);
        format!("{}/api/v1{resource}", path.strip_suffix("/api").unwrap_or(path))
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.origin, self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_leads_to_the_same_resources() {
        for (text, path) in [
            ("https://api.smith.langchain.com", "/api/v1/info"),
            ("https://ls.example.com/api/", "/api/v1/info"),
            ("https://example.com/langsmith/api/v1", "/langsmith/api/v1/info"),
            ("http://localhost:1234", "/api/v1/info"),
        ] {
            assert_eq!(text.parse::<Endpoint>().unwrap().api("/info"), path, "{text}");
        }
        let endpoint: Endpoint = "https://ls.example.com/api/".parse().unwrap();
        assert_eq!(endpoint.behind("http://127.0.0.1:9"), "http://127.0.0.1:9/api");
    }

    #[test]
    fn a_key_does_not_travel_in_the_clear() {
        for text in ["http://ls.example.com", "http://10.0.0.1", "http://localhost.example.com"] {
            assert_eq!(text.parse::<Endpoint>(), Err(EndpointError::InTheClear), "{text}");
        }
        for text in ["ls.example.com", "ftp://ls.example.com", "https://key@ls.example.com", "https://a/?b"] {
            assert!(matches!(text.parse::<Endpoint>(), Err(EndpointError::NotPlain(_))), "{text}");
        }
    }
}
