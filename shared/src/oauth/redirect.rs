//! Which redirect URIs a client may register, and which registered one a request means.
//!
//! Matching is exact (RFC 9700 section 4.1.3), but for plain-http loopback URIs, where the port floats (RFC 8252
//! section 7.3): native clients listen on whatever port is free, under `localhost` as well as the literal addresses.

use std::fmt;

use url::Url;

use crate::oauth::public_url::is_loopback;

/// Longest redirect URI that we store; the whole registration is bounded to 8 KB anyway.
const MAX_LENGTH: usize = 2048;

/// Schemes that run code, read files, reach another machine or start a part of the operating system, instead of an app
/// that somebody connects.
const FORBIDDEN_SCHEMES: [&str; 60] = [
    "about",
    "acct",
    "afp",
    "blob",
    "callto",
    "chrome",
    "chrome-extension",
    "cid",
    "data",
    "dict",
    "dns",
    "facetime",
    "feed",
    "file",
    "filesystem",
    "ftp",
    "ftps",
    "geo",
    "gopher",
    "hcp",
    "help",
    "imap",
    "intent",
    "irc",
    "itms",
    "jar",
    "javascript",
    "ldap",
    "ldaps",
    "magnet",
    "mailto",
    "market",
    "mhtml",
    "microsoft-edge",
    "mid",
    "mk",
    "moz-extension",
    "news",
    "nfs",
    "nntp",
    "rdp",
    "res",
    "rtsp",
    "scp",
    "search",
    "sftp",
    "shell",
    "sip",
    "sips",
    "smb",
    "sms",
    "ssh",
    "steam",
    "tel",
    "telnet",
    "view-source",
    "vnc",
    "webcal",
    "ws",
    "wss",
];
/// Families of such schemes: `ms-msdt:` and its kin start parts of Windows, `x-apple…` and `itms-…` of macOS.
const FORBIDDEN_PREFIXES: [&str; 6] = ["itms-", "ms-", "search-ms", "vbscript", "x-apple", "x-man-page"];

/// A redirect URI that is safe to send a browser to, in the client's own spelling.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RedirectUri {
    text: String,
    url: Url,
}

/// Why a redirect URI is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RedirectError {
    /// Not an absolute URI of printable ASCII within 2,048 characters.
    #[error("is not an absolute URI of at most 2048 printable ASCII characters")]
    Malformed,
    /// A fragment (RFC 6749 section 3.1.2).
    #[error("must not have a fragment")]
    Fragment,
    /// A user name or password, which makes another host look like the shown one.
    #[error("must not have a user name or password")]
    UserInfo,
    /// Plain http to another machine.
    #[error("must use https, or http to localhost, 127.0.0.1 or [::1]")]
    InsecureHost,
    /// A scheme that runs code or reads files.
    #[error("has a scheme that is not allowed")]
    Scheme,
}

/// Where a redirect leads, in the words of the consent page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destination {
    /// A web site, as host and port.
    Web(String),
    /// A program on the person's own computer, as host and port.
    Loopback(String),
    /// The app that opens links of this scheme.
    App(String),
}

impl RedirectUri {
    /// Checks a URI by the registration rules.
    pub fn parse(text: &str) -> Result<Self, RedirectError> {
        // `Url::parse` drops tabs and line breaks, so they are refused before: the text goes into a header as it is.
        if text.len() > MAX_LENGTH || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(RedirectError::Malformed);
        }
        let url = Url::parse(text).map_err(|_| RedirectError::Malformed)?;
        if url.fragment().is_some() {
            return Err(RedirectError::Fragment);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(RedirectError::UserInfo);
        }
        match url.scheme() {
            scheme @ ("http" | "https") => {
                // `https:host` and `https:\\host` parse as a host here, but a browser may read them as a path of ours.
                if !has_authority(text, scheme) {
                    return Err(RedirectError::Malformed);
                }
                if scheme == "http" && !is_loopback(&url) {
                    return Err(RedirectError::InsecureHost);
                }
            }
            scheme if is_forbidden(scheme) => return Err(RedirectError::Scheme),
            _ => {}
        }
        Ok(Self { text: text.to_owned(), url })
    }

    /// The URI in the client's own spelling.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether a request for this URI is covered by a registered one.
    pub fn is_covered_by(&self, registered: &Self) -> bool {
        self.text == registered.text
            || (self.is_floating() && registered.is_floating() && self.same_but_port(registered))
    }

    /// Where it leads, for the person who is asked to consent.
    pub fn destination(&self) -> Destination {
        let authority = || {
            let host = self.url.host_str().unwrap_or_default();
            self.url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
        };
        match self.url.scheme() {
            "http" | "https" if is_loopback(&self.url) => Destination::Loopback(authority()),
            "http" | "https" => Destination::Web(authority()),
            scheme => Destination::App(scheme.to_owned()),
        }
    }

    /// The URI with parameters added to its query (RFC 6749 section 4.1.2), everything else untouched.
    pub fn with_query(&self, parameters: &[(&str, &str)]) -> String {
        let encoded = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish();
        let joint = match self.url.query() {
            None => "?",
            Some("") => "",
            Some(_) => "&",
        };
        format!("{}{joint}{encoded}", self.text)
    }

    fn is_floating(&self) -> bool {
        self.url.scheme() == "http" && is_loopback(&self.url)
    }

    fn same_but_port(&self, other: &Self) -> bool {
        self.url.host() == other.url.host()
            && self.url.path() == other.url.path()
            && self.url.query() == other.url.query()
    }
}

fn has_authority(text: &str, scheme: &str) -> bool {
    let rest = text.get(scheme.len()..).unwrap_or_default();
    rest.starts_with("://") && !text.contains('\\')
}

fn is_forbidden(scheme: &str) -> bool {
    FORBIDDEN_SCHEMES.contains(&scheme) || FORBIDDEN_PREFIXES.iter().any(|prefix| scheme.starts_with(prefix))
}

impl fmt::Display for RedirectUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn uri(text: &str) -> RedirectUri {
        RedirectUri::parse(text).unwrap()
    }

    #[test]
    fn the_clients_in_the_field_can_register() {
        for text in [
            "cursor://anysphere.cursor-mcp/oauth/callback",
            "https://www.cursor.com/agents/mcp/oauth/callback",
            "http://localhost:8787/callback",
            "https://vscode.dev/redirect",
            "http://127.0.0.1/",
            "http://127.0.0.1:33418/",
            "http://[::1]:5000/cb",
            "https://claude.ai/api/mcp/auth_callback",
            "com.example.app:/oauth",
        ] {
            assert_eq!(uri(text).as_str(), text);
        }
    }

    #[test]
    fn dangerous_uris_are_refused() {
        for (text, error) in [
            ("javascript:alert(1)", RedirectError::Scheme),
            ("data:text/html,x", RedirectError::Scheme),
            ("file:///etc/passwd", RedirectError::Scheme),
            ("vbscript:x", RedirectError::Scheme),
            ("blob:https://a/b", RedirectError::Scheme),
            ("http://example.com/cb", RedirectError::InsecureHost),
            ("http://localhost.example.com/cb", RedirectError::InsecureHost),
            ("https://a/cb#f", RedirectError::Fragment),
            ("https://a@b/cb", RedirectError::UserInfo),
            ("https://a/\r\nX: y", RedirectError::Malformed),
            ("java\tscript:alert(1)", RedirectError::Malformed),
            ("/relative", RedirectError::Malformed),
            ("https:evil.example/cb", RedirectError::Malformed),
            ("https:\\\\evil.example/cb", RedirectError::Malformed),
            ("https://good.example\\@evil.example/cb", RedirectError::Malformed),
            ("ms-msdt:/id", RedirectError::Scheme),
            ("tel:123", RedirectError::Scheme),
            ("smb://x/y", RedirectError::Scheme),
            ("wss://x/y", RedirectError::Scheme),
        ] {
            assert_eq!(RedirectUri::parse(text), Err(error), "{text}");
        }
    }

    #[test]
    fn every_scheme_of_the_list_is_refused_in_any_case() {
        let kin = [
            "ms-msdt",
            "itms-apps",
            "search-ms",
            "vbscript.encode",
            "x-apple.systempreferences",
            "x-man-page",
        ];
        for scheme in FORBIDDEN_SCHEMES.iter().chain(&kin) {
            for spelling in [(*scheme).to_owned(), scheme.to_uppercase()] {
                for rest in ["://host/cb", ":/cb", ":cb"] {
                    let text = format!("{spelling}{rest}");
                    assert_eq!(RedirectUri::parse(&text), Err(RedirectError::Scheme), "{text}");
                }
            }
        }
        for prefix in FORBIDDEN_PREFIXES {
            assert!(kin.iter().any(|scheme| scheme.starts_with(prefix)), "{prefix}");
        }
        let lowercase = |text: &&str| !text.bytes().any(|byte| byte.is_ascii_uppercase());
        assert!(FORBIDDEN_SCHEMES.iter().chain(&FORBIDDEN_PREFIXES).all(lowercase), "parsed ones are");
    }

    #[test]
    fn a_scheme_that_only_looks_like_one_of_the_list_is_an_apps_own() {
        for text in
            ["msteams:/cb", "filesync://cb", "com.example.ms-app:/cb", "sshfs://host/cb", "datadog:/cb"]
        {
            assert_eq!(uri(text).as_str(), text);
        }
    }

    #[test]
    fn parameters_join_an_existing_query() {
        assert_eq!(uri("https://a/cb").with_query(&[("code", "a b")]), "https://a/cb?code=a+b");
        assert_eq!(uri("https://a/cb?x=1").with_query(&[("code", "c")]), "https://a/cb?x=1&code=c");
        assert_eq!(uri("app:/cb").with_query(&[("code", "c")]), "app:/cb?code=c");
    }

    #[test]
    fn the_destination_names_host_and_port() {
        assert_eq!(
            uri("http://127.0.0.1:33418/").destination(),
            Destination::Loopback("127.0.0.1:33418".into())
        );
        assert_eq!(uri("https://claude.ai/x").destination(), Destination::Web("claude.ai".into()));
        assert_eq!(uri("cursor://a/b").destination(), Destination::App("cursor".into()));
    }

    proptest! {
        #[test]
        fn a_loopback_port_floats(a: u16, b: u16, host in "localhost|127\\.0\\.0\\.1|\\[::1\\]", path in "[a-z/]{0,12}") {
            let one = uri(&format!("http://{host}:{a}/{path}"));
            let other = uri(&format!("http://{host}:{b}/{path}"));
            prop_assert!(one.is_covered_by(&other) && other.is_covered_by(&one));
        }

        #[test]
        fn nothing_else_floats(a in 1_u16..400, b in 500_u16..900, path in "[a-z]{1,8}", other in "[A-Z]{1,8}") {
            let far = [format!("https://h:{a}/"), format!("https://h:{b}/")];
            prop_assert!(!uri(&far[0]).is_covered_by(&uri(&far[1])));
            let near = uri(&format!("http://localhost:{a}/{path}"));
            for different in [
                format!("http://localhost:{a}/{other}"),
                format!("http://127.0.0.1:{a}/{path}"),
                format!("http://localhost:{a}/{path}?q=1"),
            ] {
                prop_assert!(!near.is_covered_by(&uri(&different)));
            }
        }

        #[test]
        fn no_text_makes_an_unsafe_redirect(text in "[ -~\\t\\r\\n]{0,60}") {
            if let Ok(parsed) = RedirectUri::parse(&text) {
                prop_assert!(parsed.as_str().bytes().all(|byte| byte.is_ascii_graphic()));
                prop_assert!(!is_forbidden(parsed.url.scheme()));
            }
        }
    }
}
