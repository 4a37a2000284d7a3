//! The web pages in a client's registration: `client_uri`, `logo_uri`, `tos_uri` and `policy_uri` (RFC 7591 section 2).

use url::Url;

use crate::redirect::is_plain;

/// The maximum length, the same as that of a redirect URI.
const MAX_LENGTH: usize = 2048;

/// Whether a text is the URL of a web page: nothing that runs code or starts an app may become a link.
pub(super) fn is_web_page(text: &str) -> bool {
    text.len() <= MAX_LENGTH
        && text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\')
        && Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && is_plain(text, &url))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_web_pages_are() {
        for text in ["https://example.com", "http://example.com/logo.png?x#y", "HTTPS://Example.com/"] {
            assert!(is_web_page(text), "{text}");
        }
        for text in [
            "javascript:alert(1)",
            "data:text/html,x",
            "cursor://x",
            "ftp://example.com/",
            "file:///etc/passwd",
            "example.com",
            "//example.com",
            "https:example.com",
            "https:///example.com",
            "https://*.example.com/",
            "https://a@example.com/",
            "https://example.com/\"><script>\n",
            "",
        ] {
            assert!(!is_web_page(text), "{text}");
        }
    }
}
