//! The one place that builds HTTP clients, so that root certificates, limits and redirect policy are decided once.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use reqwest::dns::Resolve;
use reqwest::redirect::Policy;
use reqwest::{Certificate, Client};

/// Why no HTTP client could be built.
#[derive(Debug, thiserror::Error)]
pub enum HttpClientError {
    /// The extra certificate file cannot be read.
    #[error("the CA file cannot be read")]
    Unreadable(#[source] std::io::Error),
    /// The extra certificate file holds no usable PEM certificate.
    #[error("the CA file holds no PEM certificate")]
    NoCertificate,
    /// The TLS stack did not start, for example because the machine has no root certificates.
    #[error("the HTTP client cannot be built")]
    Build(#[source] reqwest::Error),
}

/// A pooled client over rustls with the platform's roots and those of `ca_file` (PEM, one or more).
///
/// Redirects are not followed: a credential must not be sent where an answer points. Proxy variables of the environment
/// are ignored: the configuration alone decides which hosts are reached.
pub fn http_client(ca_file: Option<&Path>) -> Result<Client, HttpClientError> {
    build(ca_file, None)
}

/// Like [`http_client`], with host names resolved by `resolver`.
pub(crate) fn resolving_client(
    ca_file: Option<&Path>,
    resolver: Arc<dyn Resolve>,
) -> Result<Client, HttpClientError> {
    build(ca_file, Some(resolver))
}

#[expect(clippy::disallowed_methods, reason = "the one place that builds a client")]
fn build(ca_file: Option<&Path>, resolver: Option<Arc<dyn Resolve>>) -> Result<Client, HttpClientError> {
    let mut builder = Client::builder()
        .connect_timeout(Duration::from_secs(3))
        .pool_idle_timeout(Duration::from_mins(1))
        .redirect(Policy::none())
        .no_proxy()
        .tcp_nodelay(true)
        .user_agent(concat!("langsmith-remote-mcp/", env!("CARGO_PKG_VERSION")));
    if let Some(resolver) = resolver {
        builder = builder.dns_resolver(resolver);
    }
    if let Some(path) = ca_file {
        builder = builder.tls_certs_merge(certificates(path)?);
    }
    builder.build().map_err(HttpClientError::Build)
}

fn certificates(path: &Path) -> Result<Vec<Certificate>, HttpClientError> {
    let pem = std::fs::read(path).map_err(HttpClientError::Unreadable)?;
    match Certificate::from_pem_bundle(&pem) {
        Ok(certificates) if !certificates.is_empty() => Ok(certificates),
        _ => Err(HttpClientError::NoCertificate),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_needs_no_ca_file() {
        assert!(http_client(None).is_ok());
    }

    #[test]
    fn a_ca_file_that_is_missing_or_no_pem_is_named() {
        assert!(matches!(http_client(Some(Path::new("/nonexistent"))), Err(HttpClientError::Unreadable(_))));
        assert!(matches!(http_client(Some(Path::new("Cargo.toml"))), Err(HttpClientError::NoCertificate)));
    }
}
