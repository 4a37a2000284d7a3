//! A URL that a user gave, with everything checked that its text shows.
//!
//! Our parser is the one that the HTTP client uses, and the client is given the parsed URL: no second parser reads the
//! text differently. What other parsers read differently (backslashes, whitespace, a scheme without two slashes) is
//! refused nevertheless, because the URL is also shown, stored and given to other programs.

use std::fmt;
use std::net::IpAddr;

use url::{Host, Url};

use crate::policy::{GuardPolicy, Reach};
use crate::{UrlRefused, name};

/// The maximum length of a URL, in bytes, before and after normalization.
pub const MAX_URL: usize = 2048;

/// An absolute URL whose scheme, host and form are allowed. The addresses of a host name are checked when it is
/// connected to.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct GuardedUrl(Url);

impl GuardedUrl {
    /// The URL that `text` is, if `policy` allows it. Nothing is resolved.
    pub fn parse(text: &str, policy: GuardPolicy) -> Result<Self, UrlRefused> {
        if text.len() > MAX_URL {
            return Err(UrlRefused::TooLong);
        }
        if text.contains(|c: char| c == '\\' || c.is_control() || c.is_whitespace()) {
            return Err(UrlRefused::Character);
        }
        if text.contains('#') {
            return Err(UrlRefused::Fragment);
        }
        if authority(text)?.contains('@') {
            return Err(UrlRefused::UserInfo);
        }
        let url = Url::parse(text).map_err(|_| UrlRefused::Malformed)?;
        let guarded = Self(without_trailing_dot(url)?);
        guarded.check(policy)?;
        Ok(guarded)
    }

    /// Whether `policy` allows it, which need not be the one that it was parsed under.
    pub(crate) fn check(&self, policy: GuardPolicy) -> Result<(), UrlRefused> {
        if self.0.as_str().len() > MAX_URL {
            return Err(UrlRefused::TooLong);
        }
        if self.0.port() == Some(0) {
            return Err(UrlRefused::Malformed);
        }
        match self.0.scheme() {
            "https" => self.check_host(policy.https()),
            "http" => self.check_host(policy.http().ok_or(UrlRefused::NotHttps)?),
            _ => Err(UrlRefused::NotHttps),
        }
    }

    /// The connector does not resolve an address, so it is checked here. A name is only refused if it is local and must
    /// not be; its addresses are checked when it is resolved.
    fn check_host(&self, reach: Reach) -> Result<(), UrlRefused> {
        let address = match self.0.host().ok_or(UrlRefused::Malformed)? {
            Host::Domain(host) if !name::is_valid(host) => return Err(UrlRefused::Malformed),
            Host::Domain(host) if reach == Reach::Public && name::is_local(host) => {
                return Err(UrlRefused::LocalName);
            }
            Host::Domain(_) => return Ok(()),
            Host::Ipv4(address) => IpAddr::V4(address),
            Host::Ipv6(address) => IpAddr::V6(address),
        };
        match reach {
            _ if reach.allows(address) => Ok(()),
            Reach::Local => Err(UrlRefused::PlainHttp),
            Reach::Public | Reach::Any => Err(UrlRefused::PrivateAddress),
        }
    }

    /// The URL itself, with a lowercase host in ASCII (IDNA) and without trailing dot of the host.
    pub const fn as_url(&self) -> &Url {
        &self.0
    }

    /// Its host: a name in ASCII, an IPv4 address, or an IPv6 address in brackets.
    pub fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }

    /// One text for all spellings of the same server: lowercase scheme and host, no default port, no trailing slashes
    /// of the path, no empty query.
    pub fn canonical(&self) -> String {
        let mut url = self.0.clone();
        let query = url.query().filter(|query| !query.is_empty()).map(str::to_owned);
        url.set_query(None);
        let text = url.as_str();
        // All of them: with one taken away, the text of `https://a.example//` would be another server's URL.
        let text = text.trim_end_matches('/');
        match query {
            Some(query) => format!("{text}?{query}"),
            None => text.to_owned(),
        }
    }

    /// The same server's URL with another path and without query: a well-known document beside it (RFC 8615).
    ///
    /// `path` starts with a slash; characters that a path may not contain are percent-encoded.
    #[must_use]
    pub fn with_path(&self, path: &str) -> Self {
        let mut url = self.0.clone();
        url.set_path(path);
        url.set_query(None);
        Self(url)
    }
}

/// Shows the origin only: path and query may hold a secret.
impl fmt::Debug for GuardedUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "GuardedUrl({})", self.0.origin().ascii_serialization())
    }
}

/// The part of the text between `://` and the path or query. A browser also reads a URL with one slash, three or none.
fn authority(text: &str) -> Result<&str, UrlRefused> {
    let (scheme, rest) = text.split_once("://").ok_or(UrlRefused::Malformed)?;
    if !scheme.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return Err(UrlRefused::Malformed);
    }
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    if authority.is_empty() { Err(UrlRefused::Malformed) } else { Ok(authority) }
}

/// `example.com.` is the same name as `example.com` (RFC 1034 section 3.1).
fn without_trailing_dot(mut url: Url) -> Result<Url, UrlRefused> {
    let host = match url.host() {
        Some(Host::Domain(host)) => host.strip_suffix('.').map(str::to_owned),
        _ => None,
    };
    if let Some(host) = host {
        url.set_host(Some(&host)).map_err(|_| UrlRefused::Malformed)?;
    }
    Ok(url)
}

#[cfg(test)]
mod spellings;
#[cfg(test)]
mod tests;
