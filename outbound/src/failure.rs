//! Why a request has no answer. The texts name facts and show neither addresses nor bodies: they are shown to people
//! who chose the URL, and must not tell them what is behind it.

use std::error::Error;
use std::io;

use crate::UrlRefused;
use crate::checked::{NoAddress, RefusedAddress};

/// A request without a usable answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OutboundFailure {
    /// The policy of this client does not allow the URL.
    #[error("the URL is not allowed: {0}")]
    Refused(UrlRefused),
    /// The host's name has no address.
    #[error("the host's name does not resolve")]
    Resolve,
    /// The host's name has an address that is not allowed.
    #[error("the host's name leads to an address that is not allowed")]
    PrivateAddress,
    /// Nothing accepts connections there.
    #[error("the host accepts no connection")]
    Connect,
    /// The TLS handshake failed, for example because the certificate is not valid for the host.
    #[error("the host has no valid TLS certificate")]
    Tls,
    /// The complete answer did not arrive in time, or nothing arrived for too long.
    #[error("the host did not answer in time")]
    Timeout,
    /// Head or body are larger than allowed.
    #[error("the answer is too large")]
    TooLarge,
    /// The answer is a redirect, which is not followed: its target was not checked, and credentials would go there.
    #[error("the answer is a redirect")]
    Redirected,
    /// The body is compressed, although that was not asked for. It is not inflated.
    #[error("the answer has a content encoding")]
    Encoding,
    /// The connection broke, or what arrived is no HTTP.
    #[error("the connection broke")]
    Broken,
}

impl OutboundFailure {
    pub(crate) fn of(error: &reqwest::Error) -> Self {
        let known = causes(error).find_map(Self::of_cause);
        match known {
            Some(failure) => failure,
            None if error.is_timeout() => Self::Timeout,
            None if error.is_connect() => Self::Connect,
            None => Self::Broken,
        }
    }

    fn of_cause(cause: &(dyn Error + 'static)) -> Option<Self> {
        if cause.is::<NoAddress>() {
            return Some(Self::Resolve);
        }
        if cause.is::<RefusedAddress>() {
            return Some(Self::PrivateAddress);
        }
        if cause.downcast_ref::<hyper::Error>().is_some_and(hyper::Error::is_parse_too_large) {
            return Some(Self::TooLarge);
        }
        let is_tls = cause.is::<rustls::Error>() || cause.downcast_ref().is_some_and(is_of_tls);
        is_tls.then_some(Self::Tls)
    }
}

fn causes(error: &reqwest::Error) -> impl Iterator<Item = &(dyn Error + 'static)> {
    let mut next = error.source();
    std::iter::from_fn(move || {
        let cause = next?;
        next = cause.source();
        Some(cause)
    })
}

/// Whether an I/O error wraps one of TLS. Its `source` would be that of the error within, and not that error itself.
fn is_of_tls(error: &io::Error) -> bool {
    error.get_ref().is_some_and(|within| {
        within.is::<rustls::Error>() || within.downcast_ref::<io::Error>().is_some_and(is_of_tls)
    })
}
