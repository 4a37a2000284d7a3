//! Logs a LangSmith that gives no answer: the host, and the cause reported by the system. Never a whole URL, whose
//! query may hold a caller's data.

use std::error::Error;

use primitives::authority::authority;
use reqwest::Url;

use crate::UpstreamError;
use crate::data_plane::RefusedAddress;

/// The maximum length of a logged cause, in characters.
const MAX_CAUSE: usize = 200;

/// A host with its port.
#[derive(Debug)]
pub(crate) struct Host(String);

impl Host {
    pub(crate) fn of(url: &Url) -> Self {
        Self(authority(url).to_owned())
    }

    /// Logs that no complete answer came before the caller's deadline.
    pub(crate) fn too_slow(&self) -> UpstreamError {
        self.logged(UpstreamError::Timeout, "no complete answer before the deadline")
    }

    fn logged(&self, fact: UpstreamError, cause: &str) -> UpstreamError {
        tracing::warn!(host = %self.0, cause, "{fact}");
        fact
    }
}

/// Logs a transport failure and maps it to an [`UpstreamError`].
pub(crate) fn transport_error(host: &Host, error: &reqwest::Error) -> UpstreamError {
    if is_refused_address(error) {
        return host.logged(UpstreamError::PrivateAddress, "none of its addresses may be used");
    }
    match (error.is_connect(), error.is_timeout()) {
        (true, true) => host.logged(UpstreamError::Unreachable, "no connection in time"),
        (false, true) => host.too_slow(),
        _ => host.logged(UpstreamError::Unreachable, &cause(error)),
    }
}

/// Whether the host's name resolved only to addresses that are not allowed.
fn is_refused_address(error: &reqwest::Error) -> bool {
    let mut inner = error.source();
    while let Some(error) = inner {
        if error.is::<RefusedAddress>() {
            return true;
        }
        inner = error.source();
    }
    false
}

/// The innermost error: the text of the system, the resolver or TLS. The outermost one contains the URL, too.
fn cause(error: &reqwest::Error) -> String {
    let mut inner = error.source();
    let mut text = "the connection broke".to_owned();
    while let Some(error) = inner {
        text = error.to_string();
        inner = error.source();
    }
    text.chars().take(MAX_CAUSE).collect()
}
