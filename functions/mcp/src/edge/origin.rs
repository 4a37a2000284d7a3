//! The browser pages that may call the server. Without this check, a server on loopback is within reach of every page
//! that its user opens (DNS rebinding; MCP Streamable HTTP, "Security Warning").

use http::HeaderMap;
use http::header::ORIGIN;
use oauth::public_url::PublicUrl;
use primitives::authority::is_loopback;
use url::Url;

/// The allowed origins.
#[derive(Debug)]
pub(crate) struct Origins {
    allowed: Vec<String>,
    loopback: bool,
}

impl Origins {
    /// The server's own origin, the operator's list, and all loopback origins if the server itself is on loopback.
    pub(crate) fn new(public: &PublicUrl, mut allowed: Vec<String>) -> Self {
        for origin in &mut allowed {
            origin.truncate(origin.trim_end_matches('/').len());
        }
        allowed.push(public.issuer().to_owned());
        Self { allowed, loopback: public.is_loopback() }
    }

    /// Whether the request may proceed: it has no `Origin`, or an allowed one. An empty `Origin` is refused: no browser
    /// sends it.
    pub(crate) fn allow(&self, headers: &HeaderMap) -> bool {
        headers.get_all(ORIGIN).iter().all(|origin| origin.to_str().is_ok_and(|origin| self.allows(origin)))
    }

    fn allows(&self, origin: &str) -> bool {
        self.allowed.iter().any(|allowed| allowed.eq_ignore_ascii_case(origin))
            || (self.loopback && Url::parse(origin).is_ok_and(|url| is_loopback(&url)))
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn allows(public: &str, origin: &'static str) -> bool {
        let origins = Origins::new(&public.parse().unwrap(), vec!["https://app.example.com/".into()]);
        origins.allow(&HeaderMap::from_iter([(ORIGIN, HeaderValue::from_static(origin))]))
    }

    #[test]
    fn our_own_and_listed_origins_may_call() {
        for origin in ["https://mcp.example.com", "https://app.example.com", "HTTPS://APP.example.com"] {
            assert!(allows("https://mcp.example.com", origin), "{origin}");
        }
    }

    #[test]
    fn others_may_not() {
        for origin in
            ["http://evil.example", "null", "http://localhost:6274", "https://app.example.com.evil", ""]
        {
            assert!(!allows("https://mcp.example.com", origin), "{origin}");
        }
    }

    #[test]
    fn a_loopback_server_takes_loopback_pages_only() {
        for origin in ["http://localhost:6274", "http://127.0.0.1:1", "https://[::1]:9"] {
            assert!(allows("http://localhost:8484", origin), "{origin}");
        }
        for origin in
            ["http://localhost.evil.example", "http://evil.example.com", "http://127.0.0.1.nip.io", "null"]
        {
            assert!(!allows("http://localhost:8484", origin), "{origin}");
        }
    }
}
