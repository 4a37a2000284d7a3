//! The content security policy of our pages (W3C CSP level 3).

use std::sync::LazyLock;

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, engine::general_purpose::STANDARD};
use url::{Host, Url};

use super::STYLE;

static STYLE_HASH: LazyLock<String> = LazyLock::new(|| STANDARD.encode(digest(&SHA256, STYLE.as_bytes())));

/// Where a form may lead besides our own origin: one CSP source, which no input can stretch into another directive.
///
/// Chromium holds `form-action` against every redirect that follows a POST, so a consent form whose policy misses the
/// client's redirect URI ends on a dead page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormTarget(String);

impl FormTarget {
    /// The source that lets a form's answer redirect to `url`. `None` when `url` has a scheme that a policy cannot name.
    ///
    /// - `https`: the whole scheme, because hosted clients and sign-in pages redirect on to hosts that we cannot know
    ///   (`www` to the bare domain, single sign-on).
    /// - `http` (loopback): the origin; with an IPv6 host the scheme, because a source cannot hold an IPv6 address.
    /// - anything else (`cursor:`): the scheme.
    pub fn of(url: &Url) -> Option<Self> {
        let scheme = url.scheme();
        let source = match (scheme, url.host()) {
            ("https", _) | ("http", Some(Host::Ipv6(_))) => format!("{scheme}:"),
            ("http", Some(_)) => url.origin().ascii_serialization(),
            _ => format!("{scheme}:"),
        };
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"+-._:/".contains(&byte);
        // `javascript:` and `data:` would run in our origin or carry a page of their own.
        let harmless = !matches!(scheme, "javascript" | "data" | "blob" | "vbscript" | "file" | "about");
        (harmless && source.bytes().all(plain)).then_some(Self(source))
    }
}

/// The policy of a page whose forms lead to our own origin and to `form_targets`.
pub fn csp(form_targets: &[FormTarget]) -> String {
    let mut policy = format!(
        "default-src 'none'; style-src 'sha256-{}'; img-src data:; base-uri 'none'; frame-ancestors 'none'; \
         form-action 'self'",
        *STYLE_HASH
    );
    for target in form_targets {
        policy.push(' ');
        policy.push_str(&target.0);
    }
    policy
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(url: &str) -> Option<String> {
        FormTarget::of(&Url::parse(url).unwrap()).map(|target| target.0)
    }

    #[test]
    fn a_redirect_uri_becomes_one_source() {
        for (url, expected) in [
            ("http://127.0.0.1:33418/callback?x=1", Some("http://127.0.0.1:33418")),
            ("http://localhost/cb", Some("http://localhost")),
            ("http://[::1]:4000/cb", Some("http:")),
            ("https://claude.ai/api/mcp/auth_callback", Some("https:")),
            ("cursor://anysphere.cursor-mcp/oauth/callback", Some("cursor:")),
            ("com.example.app:/cb", Some("com.example.app:")),
            ("javascript:alert(1)", None),
            ("data:text/html,x", None),
        ] {
            assert_eq!(source(url).as_deref(), expected, "{url}");
        }
    }

    #[test]
    fn a_host_cannot_add_a_directive() {
        for url in ["http://a;script-src/cb", "http://a,b/cb", "http://*/cb", "http://a'b/cb"] {
            assert_eq!(source(url), None, "{url}");
        }
    }

    #[test]
    fn targets_stand_behind_our_own_origin() {
        let target = FormTarget::of(&Url::parse("cursor://x").unwrap()).unwrap();
        assert!(csp(&[target]).ends_with("; form-action 'self' cursor:"));
        assert!(csp(&[]).ends_with("; form-action 'self'"));
    }
}
