//! The target of the examination: the URL that people type into their clients, or only its origin.

use std::str::FromStr;

use primitives::authority::is_loopback;
use url::Url;

/// A deployment's address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    origin: String,
    host: String,
    port: u16,
    https: bool,
    loopback: bool,
    path: Option<String>,
}

/// The error for a text that is not the address of a deployment.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum TargetError {
    /// Not an absolute HTTP URL.
    #[error("give a URL such as https://mcp.example.com/mcp")]
    NotHttp,
    /// With a query, a fragment or a user name.
    #[error("give the URL without query, fragment and user name")]
    NotPlain,
}

impl FromStr for Target {
    type Err = TargetError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let url = Url::parse(text).map_err(|_| TargetError::NotHttp)?;
        let https = match url.scheme() {
            "https" => true,
            "http" => false,
            _ => return Err(TargetError::NotHttp),
        };
        let plain = url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none();
        if !plain {
            return Err(TargetError::NotPlain);
        }
        let host = url.host_str().ok_or(TargetError::NotHttp)?;
        let path = url.path().trim_end_matches('/');
        Ok(Self {
            origin: url.origin().ascii_serialization(),
            host: host.trim_matches(['[', ']']).to_owned(),
            port: url.port_or_known_default().ok_or(TargetError::NotHttp)?,
            https,
            loopback: is_loopback(&url),
            path: (!path.is_empty()).then(|| path.to_owned()),
        })
    }
}

impl Target {
    /// Scheme, host and port: the issuer must equal it byte for byte.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The MCP endpoint's path, if the URL has one.
    pub fn path(&self) -> Option<&str> {
        self.path.as_deref()
    }

    /// The host, without the brackets of an IPv6 address.
    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    pub(crate) const fn port(&self) -> u16 {
        self.port
    }

    pub(crate) const fn is_https(&self) -> bool {
        self.https
    }

    pub(crate) const fn is_loopback(&self) -> bool {
        self.loopback
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_or_an_endpoint_is_taken() {
        for (text, origin, path) in [
            ("https://MCP.example.com", "https://mcp.example.com", None),
            ("https://mcp.example.com/", "https://mcp.example.com", None),
            ("https://mcp.example.com:443/mcp", "https://mcp.example.com", Some("/mcp")),
            ("https://langsmith.example.com/api/mcp/", "https://langsmith.example.com", Some("/api/mcp")),
            ("http://localhost:8484/mcp", "http://localhost:8484", Some("/mcp")),
        ] {
            let target: Target = text.parse().unwrap();
            assert_eq!((target.origin(), target.path()), (origin, path), "{text}");
        }
        let six: Target = "http://[::1]:8484".parse().unwrap();
        assert_eq!((six.host(), six.port(), six.is_loopback()), ("::1", 8484, true));
    }

    #[test]
    fn anything_else_is_refused() {
        for text in ["mcp.example.com", "ftp://mcp.example.com", "mailto:a@example.com", ""] {
            assert_eq!(text.parse::<Target>(), Err(TargetError::NotHttp), "{text}");
        }
        for text in ["https://h/mcp?a", "https://h/#a", "https://u@h/", "https://u:p@h/mcp"] {
            assert_eq!(text.parse::<Target>(), Err(TargetError::NotPlain), "{text}");
        }
    }
}
