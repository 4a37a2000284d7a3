//! What is told of a LangSmith that gives no answer: which host, and what the system says. Never a whole URL, whose query
//! may hold a caller's data.

use std::error::Error;

use reqwest::Url;

use super::UpstreamError;

/// The longest cause that is told, in characters.
const MAX_CAUSE: usize = 200;

/// A host with its port.
#[derive(Debug)]
pub(super) struct Host(String);

impl Host {
    pub(super) fn of(url: &Url) -> Self {
        let host = url.host_str().unwrap_or_default();
        Self(url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")))
    }

    /// No complete answer in the time that a caller has.
    pub(super) fn too_slow(&self) -> UpstreamError {
        self.told(UpstreamError::Timeout, "no complete answer before the deadline")
    }

    fn told(&self, fact: UpstreamError, cause: &str) -> UpstreamError {
        tracing::warn!(host = %self.0, cause, "{fact}");
        fact
    }
}

/// A transport failure as a fact.
pub(super) fn transport_error(host: &Host, error: &reqwest::Error) -> UpstreamError {
    match (error.is_connect(), error.is_timeout()) {
        (true, true) => host.told(UpstreamError::Unreachable, "no connection in time"),
        (false, true) => host.too_slow(),
        _ => host.told(UpstreamError::Unreachable, &cause(error)),
    }
}

/// The innermost error: what the system, the name service or TLS says. The outermost one tells the URL, too.
fn cause(error: &reqwest::Error) -> String {
    let mut inner = error.source();
    let mut told = "the connection broke".to_owned();
    while let Some(error) = inner {
        told = error.to_string();
        inner = error.source();
    }
    told.chars().take(MAX_CAUSE).collect()
}
