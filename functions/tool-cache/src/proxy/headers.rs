//! Which headers go to the server: those of the caller that are neither credentials nor the connection's, and the stored
//! ones, which count more.

use http::HeaderMap;

/// Credentials, and headers of the message and the connection (RFC 9110 section 7.6.1). The credential for a server is
/// stored with it; the caller's own never leaves.
const DENIED: [&str; 24] = [
    "accept-encoding",
    "api-key",
    "authorization",
    "connection",
    "content-encoding",
    "content-length",
    "cookie",
    "expect",
    "forwarded",
    "host",
    "http2-settings",
    "keep-alive",
    "langsmith-api-key",
    "origin",
    "referer",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "via",
    "x-api-key",
    "x-organization-id",
    "x-real-ip",
    "x-tenant-id",
];
/// Their families.
const DENIED_PREFIXES: [&str; 3] = ["proxy-", "sec-", "x-forwarded-"];

/// The headers of a request to a server.
pub(super) fn sent(asked: &HeaderMap, stored: &HeaderMap) -> HeaderMap {
    let is_denied =
        |name: &str| DENIED.contains(&name) || DENIED_PREFIXES.iter().any(|prefix| name.starts_with(prefix));
    let mut headers = HeaderMap::new();
    for (name, value) in asked.iter().filter(|(name, _)| !is_denied(name.as_str())) {
        headers.append(name, value.clone());
    }
    for (name, value) in stored {
        headers.insert(name, value.clone());
    }
    headers
}

#[cfg(test)]
mod tests {
    use http::{HeaderName, HeaderValue};

    use super::*;

    #[test]
    fn no_credential_but_the_stored_one_is_sent() {
        let mut asked = HeaderMap::new();
        for name in DENIED.into_iter().chain(["proxy-authorization", "sec-fetch-site", "x-forwarded-for"]) {
            asked.insert(HeaderName::from_static(name), HeaderValue::from_static("caller"));
        }
        for name in ["accept", "mcp-session-id", "x-key"] {
            asked.insert(HeaderName::from_static(name), HeaderValue::from_static("caller"));
        }
        let mut stored = HeaderMap::new();
        stored.insert("authorization", HeaderValue::from_static("stored"));
        stored.insert("x-key", HeaderValue::from_static("stored"));
        let sent = sent(&asked, &stored);
        let mut sent: Vec<_> =
            sent.iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap())).collect();
        sent.sort_unstable();
        let expected = [
            ("accept", "caller"),
            ("authorization", "stored"),
            ("mcp-session-id", "caller"),
            ("x-key", "stored"),
        ];
        assert_eq!(sent, expected);
    }
}
