//! A request to a guarded URL.

use std::fmt;

use bytes::Bytes;
use http::header::{
    ACCEPT_ENCODING, CONNECTION, CONTENT_LENGTH, EXPECT, HOST, HeaderMap, HeaderName, HeaderValue, TE,
    TRAILER, TRANSFER_ENCODING, UPGRADE,
};
use http::{HeaderName as Name, Method};

use crate::GuardedUrl;

/// Headers that say how a message is framed and where it goes. The client writes them; a value from elsewhere could
/// smuggle a second request (RFC 9112 section 11.2), or reach another host behind the same address.
const OURS: [HeaderName; 12] = [
    HOST,
    CONTENT_LENGTH,
    TRANSFER_ENCODING,
    CONNECTION,
    TE,
    TRAILER,
    UPGRADE,
    EXPECT,
    Name::from_static("keep-alive"),
    Name::from_static("proxy-connection"),
    Name::from_static("proxy-authorization"),
    Name::from_static("http2-settings"),
];

/// A request. Its headers may hold credentials, so `Debug` shows none.
#[derive(Clone)]
pub struct GuardedRequest {
    pub(crate) method: Method,
    pub(crate) url: GuardedUrl,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl GuardedRequest {
    /// A request without headers and body.
    pub fn new(method: Method, url: &GuardedUrl) -> Self {
        let mut request = Self { method, url: url.clone(), headers: HeaderMap::new(), body: Bytes::new() };
        request.own_headers();
        request
    }

    /// With these headers, in addition. The ones that frame the message or name the host are left out.
    #[must_use]
    pub fn headers(mut self, headers: HeaderMap) -> Self {
        self.headers.extend(headers);
        self.own_headers();
        self
    }

    /// With this body.
    #[must_use]
    pub fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }

    fn own_headers(&mut self) {
        for name in &OURS {
            self.headers.remove(name);
        }
        self.headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    }
}

impl fmt::Debug for GuardedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "GuardedRequest({} {:?})", self.method, self.url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::GuardPolicy;

    #[test]
    fn the_framing_is_not_the_callers() {
        let url = GuardedUrl::parse("https://example.com", GuardPolicy::PublicHttps).unwrap();
        let mut headers = HeaderMap::new();
        for name in OURS.iter().chain(&[ACCEPT_ENCODING, Name::from_static("x-own")]) {
            headers.append(name, HeaderValue::from_static("hunter2"));
            headers.append(name, HeaderValue::from_static("hunter3"));
        }
        let request = GuardedRequest::new(Method::GET, &url).headers(headers);
        let sent: Vec<_> =
            request.headers.iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap())).collect();
        assert_eq!(sent, [("accept-encoding", "identity"), ("x-own", "hunter2"), ("x-own", "hunter3")]);
        assert_eq!(format!("{request:?}"), "GuardedRequest(GET GuardedUrl(https://example.com))");
    }
}
