//! Which redirect URIs a client may register, and how a request's URI is matched with them.
//!
//! Matching is exact (RFC 9700 section 4.1.3), except that plain-http loopback URIs match with any port (RFC 8252
//! section 7.3): native clients listen on whatever port is free, under `localhost` as well as the literal addresses.

mod host;
pub mod scheme;

use url::Url;

use primitives::authority::{authority, is_loopback};

pub(super) use host::is_plain;
use scheme::{AppScheme, RefusedScheme};

/// The maximum length of a stored redirect URI; the whole registration is limited to 8 KB anyway.
const MAX_LENGTH: usize = 2048;

/// A redirect URI that is safe to redirect a browser to, in the client's own spelling.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RedirectUri {
    text: String,
    url: Url,
    /// The owner of the scheme; `None` for http and https.
    app: Option<AppScheme>,
}

/// Why a redirect URI is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RedirectError {
    /// Not an absolute URI of printable ASCII within 2,048 characters.
    #[error("is not an absolute URI of at most 2048 printable ASCII characters")]
    Malformed,
    /// It has a fragment (RFC 6749 section 3.1.2).
    #[error("must not have a fragment")]
    Fragment,
    /// It has a user name or password, which can make another host look like the shown one.
    #[error("must not have a user name or password")]
    UserInfo,
    /// Plain http to another machine.
    #[error("must use https, or http to localhost, 127.0.0.1 or [::1]")]
    InsecureHost,
    /// No host, a wildcard, or an ambiguous spelling.
    #[error("must have a plain host name or address, without a wildcard")]
    Host,
    /// A scheme that is not an app's.
    #[error("has a scheme that {0}")]
    Scheme(RefusedScheme),
}

/// The destination of a redirect, as the consent page describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destination {
    /// A web site, as host and port.
    Web(String),
    /// A program on the person's own computer, as host and port.
    Loopback(String),
    /// The app that opens links of this scheme.
    App {
        /// The scheme, in lower case.
        scheme: String,
        /// The owner of the scheme.
        owner: AppScheme,
    },
}

impl RedirectUri {
    /// Validates a URI by the registration rules.
    pub fn parse(text: &str) -> Result<Self, RedirectError> {
        // `Url::parse` drops tabs and line breaks, so they are refused before: the text is copied into a header
        // verbatim.
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
        let app = match url.scheme() {
            scheme @ ("http" | "https") => {
                check_web(text, scheme, &url)?;
                None
            }
            scheme => {
                let owner = AppScheme::of(scheme).map_err(RedirectError::Scheme)?;
                if !host::is_plain_or_absent(text) {
                    return Err(RedirectError::Host);
                }
                let rest = text.get(scheme.len() + 1..).unwrap_or_default();
                Some(owner.of_link(rest))
            }
        };
        Ok(Self { text: text.to_owned(), url, app })
    }

    /// The URI in the client's own spelling.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether a registered URI covers a request for this one.
    pub fn is_covered_by(&self, registered: &Self) -> bool {
        self.text == registered.text
            || (self.is_floating() && registered.is_floating() && self.same_but_port(registered))
    }

    /// The destination, for the person who is asked to consent.
    pub fn destination(&self) -> Destination {
        let authority = || authority(&self.url).to_owned();
        match self.app {
            Some(owner) => Destination::App { scheme: self.url.scheme().to_owned(), owner },
            None if is_loopback(&self.url) => Destination::Loopback(authority()),
            None => Destination::Web(authority()),
        }
    }

    /// The URI with parameters added to its query (RFC 6749 section 4.1.2), otherwise unchanged.
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

fn check_web(text: &str, scheme: &str, url: &Url) -> Result<(), RedirectError> {
    // The URL parser finds a host in `https:host` and `https:\\host`, but a browser may read them as a path on our
    // host.
    if !has_authority(text, scheme) {
        return Err(RedirectError::Malformed);
    }
    if !is_plain(text, url) {
        return Err(RedirectError::Host);
    }
    if scheme == "http" && !is_loopback(url) {
        return Err(RedirectError::InsecureHost);
    }
    Ok(())
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
        use RedirectError::{Fragment, Host, InsecureHost, Malformed, Scheme, UserInfo};
        use RefusedScheme::{Browser, Protocol, System};
        for (text, error) in [
            ("javascript:alert(1)", Scheme(Browser)),
            ("JavaScript:alert(1)", Scheme(Browser)),
            ("data:text/html,x", Scheme(Browser)),
            ("file:///etc/passwd", Scheme(System)),
            ("VBSCRIPT:x", Scheme(Browser)),
            ("blob:https://a/b", Scheme(Browser)),
            ("MS-MSDT:/id", Scheme(System)),
            ("shortcuts://run-shortcut?name=x", Scheme(System)),
            ("tel:123", Scheme(System)),
            ("smb://x/y", Scheme(System)),
            ("wss://x/y", Scheme(Protocol)),
            ("bitcoin:x", Scheme(Protocol)),
            ("http://example.com/cb", InsecureHost),
            ("http://localhost.example.com/cb", InsecureHost),
            ("https://a/cb#f", Fragment),
            ("https://a@b/cb", UserInfo),
            ("https://a/\r\nX: y", Malformed),
            ("java\tscript:alert(1)", Malformed),
            ("/relative", Malformed),
            ("https:evil.example/cb", Malformed),
            ("https:\\\\evil.example/cb", Malformed),
            ("https://good.example\\@evil.example/cb", Malformed),
            ("https:///evil.example/cb", Host),
            ("https://*.example.com/cb", Host),
            ("https://127.1/cb", Host),
            ("http://0x7f.1/cb", Host),
            ("cursor:///cb", Host),
            ("cursor://*/cb", Host),
        ] {
            assert_eq!(RedirectUri::parse(text), Err(error), "{text}");
        }
    }

    #[test]
    fn a_scheme_that_only_looks_like_a_refused_one_is_an_apps_own() {
        for text in
            ["msteams:/cb", "filesync://cb", "com.example.ms-app:/cb", "sshfs://host/cb", "datadog:/cb"]
        {
            assert_eq!(uri(text).as_str(), text);
        }
    }

    #[test]
    fn only_http_on_loopback_floats() {
        let [one, other] = [1, 2].map(|port| uri(&format!("https://localhost:{port}/cb")));
        assert!(!one.is_covered_by(&other) && one.is_covered_by(&one));
    }

    #[test]
    fn a_uri_may_be_as_long_as_the_limit() {
        let of = |length: usize| format!("{:x<length$}", "https://app.example/");
        assert!(RedirectUri::parse(&of(MAX_LENGTH)).is_ok());
        assert_eq!(RedirectUri::parse(&of(MAX_LENGTH + 1)), Err(RedirectError::Malformed));
    }

    #[test]
    fn parameters_join_an_existing_query() {
        assert_eq!(uri("https://a/cb").with_query(&[("code", "a b")]), "https://a/cb?code=a+b");
        assert_eq!(uri("https://a/cb?x=1").with_query(&[("code", "c")]), "https://a/cb?x=1&code=c");
        assert_eq!(uri("myapp:/cb").with_query(&[("code", "c")]), "myapp:/cb?code=c");
    }

    #[test]
    fn the_destination_names_host_and_port() {
        assert_eq!(
            uri("http://127.0.0.1:33418/").destination(),
            Destination::Loopback("127.0.0.1:33418".into())
        );
        assert_eq!(uri("https://claude.ai/x").destination(), Destination::Web("claude.ai".into()));
        let cursor = AppScheme::of("cursor").unwrap();
        for (text, scheme, owner) in [
            ("Cursor://anysphere.cursor-mcp/oauth/callback", "cursor", cursor),
            ("cursor://anysphere.cursor-deeplink/mcp/install?name=x", "cursor", AppScheme::Other),
            ("Com.Example.App:/cb", "com.example.app", AppScheme::Dotted),
            ("my://a", "my", AppScheme::Other),
        ] {
            assert_eq!(uri(text).destination(), Destination::App { scheme: scheme.into(), owner });
        }
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
                let web = matches!(parsed.url.scheme(), "http" | "https");
                prop_assert!(web || AppScheme::of(parsed.url.scheme()).is_ok());
            }
        }
    }
}
