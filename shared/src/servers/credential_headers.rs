//! The headers that are sent with every request to a server. Their values are secrets.

use std::collections::BTreeSet;

use http::{HeaderName, HeaderValue};
use primitives::secret::Secret;

/// The maximum number of headers of a server.
const MAX_HEADERS: usize = 64;
/// The maximum length of a value, in bytes.
const MAX_VALUE: usize = 8 * 1024;
/// The maximum length of all names and values, in bytes: what most servers accept in a request (RFC 9110 section 5.4).
const MAX_TOTAL: usize = 32 * 1024;

/// Headers that belong to the message or the connection (RFC 9110 section 7.6.1, RFC 9112), or that the protocol or a
/// proxy sets. A person who could choose them could smuggle a second request or pass for another caller.
const RESERVED: [&str; 22] = [
    "accept",
    "accept-encoding",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "expect",
    "forwarded",
    "host",
    "http2-settings",
    "keep-alive",
    "last-event-id",
    "mcp-method",
    "mcp-name",
    "mcp-protocol-version",
    "mcp-session-id",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "via",
    "x-real-ip",
];
/// Their families.
const RESERVED_PREFIXES: [&str; 4] = ["proxy-", "sec-", "x-forwarded-", "mcp-param-"];

/// One header.
#[derive(Clone, Debug)]
pub struct CredentialHeader {
    /// The name in the caller's spelling.
    pub name: String,
    /// The value.
    pub value: Secret,
}

/// The headers of a server, each name once.
#[derive(Clone, Debug, Default)]
pub struct CredentialHeaders(Vec<CredentialHeader>);

/// Why a list of headers is refused. Names are shown only if they are header names; values never.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HeaderRefused {
    /// Too many.
    #[error("at most 64 headers")]
    TooMany,
    /// Too long.
    #[error("a header value may have 8192 bytes, all headers together 32768")]
    TooLong,
    /// Not a header name (RFC 9110 section 5.1).
    #[error("header {0} has no valid name")]
    Name(usize),
    /// A name that is reserved.
    #[error("the header {0} cannot be set")]
    Reserved(String),
    /// The same name twice.
    #[error("the header {0} is there twice")]
    Twice(String),
    /// Not a header value (RFC 9110 section 5.5): control characters, or characters outside ASCII.
    #[error("the value of the header {0} has characters that a header cannot have")]
    Value(String),
}

impl CredentialHeaders {
    /// Checks headers from outside.
    pub fn checked(headers: Vec<CredentialHeader>) -> Result<Self, HeaderRefused> {
        if headers.len() > MAX_HEADERS {
            return Err(HeaderRefused::TooMany);
        }
        let (mut names, mut total) = (BTreeSet::new(), 0);
        for (index, CredentialHeader { name, value }) in headers.iter().enumerate() {
            total += name.len() + value.expose().len();
            if value.expose().len() > MAX_VALUE || total > MAX_TOTAL {
                return Err(HeaderRefused::TooLong);
            }
            let lower =
                HeaderName::from_bytes(name.as_bytes()).map_err(|_| HeaderRefused::Name(index + 1))?;
            let lower = lower.as_str();
            if RESERVED.contains(&lower) || RESERVED_PREFIXES.iter().any(|prefix| lower.starts_with(prefix)) {
                return Err(HeaderRefused::Reserved(lower.to_owned()));
            }
            let is_text = value.expose().bytes().all(|byte| byte == b'\t' || (b' '..=b'~').contains(&byte));
            if !is_text || HeaderValue::from_str(value.expose()).is_err() {
                return Err(HeaderRefused::Value(lower.to_owned()));
            }
            if !names.insert(lower.to_owned()) {
                return Err(HeaderRefused::Twice(lower.to_owned()));
            }
        }
        Ok(Self(headers))
    }

    /// The headers in the caller's order.
    pub fn iter(&self) -> impl Iterator<Item = &CredentialHeader> {
        self.0.iter()
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn checked(headers: &[(&str, &str)]) -> Result<usize, HeaderRefused> {
        let headers = headers
            .iter()
            .map(|(name, value)| CredentialHeader { name: (*name).to_owned(), value: Secret::new(*value) });
        CredentialHeaders::checked(headers.collect()).map(|headers| headers.iter().count())
    }

    #[test]
    fn credentials_are_accepted() {
        let usual =
            [("Authorization", "Bearer tvly-1"), ("X-Api-Key", "k"), ("Cookie", "a=b; c=d"), ("X-Empty", "")];
        assert_eq!(checked(&usual), Ok(4));
        assert_eq!(checked(&[]), Ok(0));
    }

    #[test]
    fn what_could_change_the_message_is_refused() {
        for name in [
            "Host",
            "TRANSFER-ENCODING",
            "content-length",
            "Proxy-Authorization",
            "X-Forwarded-For",
            "Mcp-Session-Id",
        ] {
            assert_eq!(checked(&[(name, "x")]), Err(HeaderRefused::Reserved(name.to_lowercase())));
        }
        for name in ["", "a b", "a\r\nHost", "a:", "ä", "a\0"] {
            assert_eq!(checked(&[("X-Ok", "x"), (name, "x")]), Err(HeaderRefused::Name(2)), "{name:?}");
        }
        for value in ["a\r\nHost: b", "a\nb", "\0", "ä", "\u{7f}"] {
            assert_eq!(checked(&[("X-A", value)]), Err(HeaderRefused::Value("x-a".to_owned())), "{value:?}");
        }
        assert_eq!(checked(&[("X-A", "1"), ("x-a", "2")]), Err(HeaderRefused::Twice("x-a".to_owned())));
    }

    #[test]
    fn headers_have_limits() {
        let names: Vec<_> = (0..=MAX_HEADERS).map(|index| format!("X-{index}")).collect();
        let many: Vec<_> = names.iter().map(|name| (name.as_str(), "x")).collect();
        assert_eq!(checked(&many), Err(HeaderRefused::TooMany));
        assert_eq!(checked(&many[1..]), Ok(MAX_HEADERS));
        let long = "x".repeat(MAX_VALUE);
        assert_eq!(checked(&[("X-A", &long)]), Ok(1));
        assert_eq!(checked(&[("X-A", &format!("{long}x"))]), Err(HeaderRefused::TooLong));
        assert_eq!(
            checked(&[("a", &long), ("b", &long), ("c", &long), ("d", &long)]),
            Err(HeaderRefused::TooLong)
        );
    }

    proptest! {
        #[test]
        fn accepted_headers_are_headers(name in ".{0,20}", value in ".{0,20}") {
            if checked(&[(&name, &value)]).is_ok() {
                prop_assert!(HeaderName::from_bytes(name.as_bytes()).is_ok());
                prop_assert!(HeaderValue::from_str(&value).is_ok());
                prop_assert!(!value.contains(['\r', '\n', '\0']));
            }
        }
    }
}
