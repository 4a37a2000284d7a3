//! Origins of browser pages in an operator's configuration.

use url::Url;

/// The text is not an origin that a browser sends.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be an origin such as https://app.example.com: http or https, a host, no path and no wildcard")]
pub struct OriginError;

/// The origin as browsers serialize it (RFC 6454 section 6.2).
pub fn parse(text: &str) -> Result<String, OriginError> {
    let url = Url::parse(text).map_err(|_| OriginError)?;
    // The parser accepts what an operator did not mean: surrounding spaces, a missing slash, a star as a host.
    let spelled = text.contains("://") && !text.contains(char::is_whitespace);
    let web = matches!(url.scheme(), "http" | "https");
    let host = url.host_str().is_some_and(|host| !host.contains('*'));
    let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    let anonymous = url.username().is_empty() && url.password().is_none();
    let origin = url.origin();
    if spelled && web && host && bare && anonymous {
        Ok(origin.ascii_serialization())
    } else {
        Err(OriginError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_spelled_as_browsers_send_it() {
        for (text, origin) in [
            ("https://app.example.com", "https://app.example.com"),
            ("HTTPS://App.Example.com/", "https://app.example.com"),
            ("https://app.example.com:443", "https://app.example.com"),
            ("http://localhost:6274", "http://localhost:6274"),
            ("https://b\u{fc}cher.example", "https://xn--bcher-kva.example"),
            ("http://[::1]:80", "http://[::1]"),
        ] {
            assert_eq!(parse(text).as_deref(), Ok(origin), "{text}");
        }
    }

    #[test]
    fn what_no_browser_sends_is_refused() {
        for text in [
            "",
            "null",
            "*",
            "nonsense foo",
            "http://*",
            "https://*.example.com",
            "https://a.example/path",
            "https://a.example//",
            "https://a.example/?",
            "https://a.example/#",
            "https://me@a.example",
            "https://:secret@a.example",
            "https:a.example",
            " https://a.example",
            "https://a.example\t",
            "ftp://a.example",
            "file:///etc/passwd",
            "cursor://anysphere",
            "a.example",
        ] {
            assert_eq!(parse(text), Err(OriginError), "{text:?}");
        }
    }
}
