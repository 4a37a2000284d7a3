//! Client identifiers that are URLs (draft-ietf-oauth-client-id-metadata-document-00 section 3).

use primitives::authority::authority;
use primitives::ids::ClientId;
use url::Url;

use crate::redirect::is_plain;

/// The maximum length, which is that of a key in the table of clients.
const MAX_LENGTH: usize = 2048;

/// Who assigned a client identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientIdKind {
    /// We did, at `/register`: base64url, which has no colon.
    Registered,
    /// The client did: it is the URL of its document, or is meant as one.
    Document,
}

impl ClientIdKind {
    /// The kind of an identifier, by its form alone.
    pub fn of(id: &ClientId) -> Self {
        if id.as_str().contains(':') { Self::Document } else { Self::Registered }
    }
}

/// An identifier that is the URL of a document, in the client's own spelling: identifiers are compared byte for byte
/// (RFC 3986 section 6.2.1), so that two spellings of one URL are two clients.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentUrl {
    id: ClientId,
    authority: String,
}

/// Why an identifier is not the URL of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotADocumentUrl {
    /// Not an absolute URL of printable ASCII within 2,048 characters.
    #[error("is not an absolute URL of at most 2048 printable ASCII characters")]
    Malformed,
    /// Its scheme is no web scheme. Whether plain http will do, the policy of the fetching client decides: it does in
    /// development only.
    #[error("must start with https://")]
    NotHttps,
    /// It has a user name or a password.
    #[error("must not have a user name or password")]
    UserInfo,
    /// It has a fragment.
    #[error("must not have a fragment")]
    Fragment,
    /// No host, or an ambiguous spelling of it.
    #[error("must have a plain host name or address")]
    Host,
    /// It has no path.
    #[error("must have a path")]
    NoPath,
    /// It has a segment `.` or `..`, also in percent-encoding: parsers resolve these.
    #[error("must not have the path segments . and ..")]
    DotSegment,
}

impl DocumentUrl {
    /// Checks an identifier by the rules of the draft. A query is accepted, which the draft only advises against.
    pub fn parse(id: &ClientId) -> Result<Self, NotADocumentUrl> {
        let text = id.as_str();
        if text.len() > MAX_LENGTH || !text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\') {
            return Err(NotADocumentUrl::Malformed);
        }
        let url = Url::parse(text).map_err(|_| NotADocumentUrl::Malformed)?;
        if !matches!(url.scheme(), "https" | "http") {
            return Err(NotADocumentUrl::NotHttps);
        }
        if url.fragment().is_some() {
            return Err(NotADocumentUrl::Fragment);
        }
        if !url.username().is_empty() || url.password().is_some() || authority_of(text).contains('@') {
            return Err(NotADocumentUrl::UserInfo);
        }
        if !is_plain(text, &url) {
            return Err(NotADocumentUrl::Host);
        }
        // Of the text, because the parser adds a path where there is none and resolves dot segments.
        let path = path_of(text).ok_or(NotADocumentUrl::NoPath)?;
        if path.split('/').any(is_dot_segment) {
            return Err(NotADocumentUrl::DotSegment);
        }
        Ok(Self { id: id.clone(), authority: authority(&url).to_owned() })
    }

    /// The host, and the port if it is not the scheme's own, of an identifier that is the URL of a document.
    pub fn authority_of(id: &ClientId) -> Option<String> {
        Self::parse(id).ok().map(|url| url.authority)
    }

    /// The identifier.
    pub const fn id(&self) -> &ClientId {
        &self.id
    }

    /// The host, and the port if it is not the scheme's own.
    pub fn authority(&self) -> &str {
        &self.authority
    }
}

fn after_slashes(text: &str) -> &str {
    text.split_once("//").map_or("", |(_, rest)| rest)
}

fn authority_of(text: &str) -> &str {
    after_slashes(text).split(['/', '?']).next().unwrap_or_default()
}

/// The path in the text, without its first slash.
fn path_of(text: &str) -> Option<&str> {
    let path = after_slashes(text).split('?').next()?;
    path.split_once('/').map(|(_, path)| path)
}

fn is_dot_segment(segment: &str) -> bool {
    matches!(segment.to_ascii_lowercase().replace("%2e", ".").as_str(), "." | "..")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse(text: &str) -> Result<DocumentUrl, NotADocumentUrl> {
        DocumentUrl::parse(&ClientId::new(text))
    }

    #[test]
    fn the_documents_of_clients_in_the_field_are() {
        for (text, authority) in [
            ("https://claude.ai/oauth/claude-code-client-metadata", "claude.ai"),
            ("https://chatgpt.com/oauth/abc/client.json", "chatgpt.com"),
            ("https://vscode.dev/oauth/client-metadata.json", "vscode.dev"),
            ("https://example.com/", "example.com"),
            ("https://example.com:8443/client?version=2", "example.com:8443"),
            ("https://example.com:443/client", "example.com"),
            ("https://Example.com/..client/a..b/...", "example.com"),
            ("http://127.0.0.1:4000/client.json", "127.0.0.1:4000"),
            ("https://[2001:db8::1]/client", "[2001:db8::1]"),
        ] {
            let url = parse(text).unwrap_or_else(|refused| panic!("{text} {refused}"));
            assert_eq!((url.authority(), url.id().as_str()), (authority, text));
            assert_eq!(ClientIdKind::of(url.id()), ClientIdKind::Document);
        }
    }

    #[test]
    fn what_the_draft_forbids_is_not() {
        let long = format!("https://example.com/{}", "a".repeat(MAX_LENGTH));
        for (text, refused) in [
            ("", NotADocumentUrl::Malformed),
            ("example.com/client", NotADocumentUrl::Malformed),
            ("https://example.com/a b", NotADocumentUrl::Malformed),
            ("https://example.com/a\n", NotADocumentUrl::Malformed),
            ("https://bücher.example/", NotADocumentUrl::Malformed),
            ("https:\\\\example.com\\client", NotADocumentUrl::Malformed),
            (long.as_str(), NotADocumentUrl::Malformed),
            ("ftp://example.com/client", NotADocumentUrl::NotHttps),
            ("javascript:alert(1)", NotADocumentUrl::NotHttps),
            ("urn:uuid:1", NotADocumentUrl::NotHttps),
            ("https://example.com/client#x", NotADocumentUrl::Fragment),
            ("https://example.com/client#", NotADocumentUrl::Fragment),
            ("https://a@example.com/client", NotADocumentUrl::UserInfo),
            ("https://:b@example.com/client", NotADocumentUrl::UserInfo),
            ("https://@example.com/client", NotADocumentUrl::UserInfo),
            ("https:example.com/client", NotADocumentUrl::Host),
            ("https:///example.com/client", NotADocumentUrl::Host),
            ("https://%65xample.com/client", NotADocumentUrl::Host),
            ("https://0x7f.1/client", NotADocumentUrl::Host),
            ("https://example.com./client", NotADocumentUrl::Host),
            ("https://*.example.com/client", NotADocumentUrl::Host),
            ("https://example.com", NotADocumentUrl::NoPath),
            ("https://example.com?client", NotADocumentUrl::NoPath),
            ("https://example.com?client/x", NotADocumentUrl::NoPath),
            ("https://example.com/./client", NotADocumentUrl::DotSegment),
            ("https://example.com/a/../client", NotADocumentUrl::DotSegment),
            ("https://example.com/a/..", NotADocumentUrl::DotSegment),
            ("https://example.com/a/%2E%2e/client", NotADocumentUrl::DotSegment),
            ("https://example.com/a/.%2e?x", NotADocumentUrl::DotSegment),
        ] {
            assert_eq!(parse(text), Err(refused), "{text}");
            assert_eq!(DocumentUrl::authority_of(&ClientId::new(text)), None);
        }
    }

    #[test]
    fn ours_have_another_form() {
        assert_eq!(ClientIdKind::of(&ClientId::new("Zm9v_-")), ClientIdKind::Registered);
        assert_eq!(ClientIdKind::of(&ClientId::new("")), ClientIdKind::Registered);
        assert_eq!(ClientIdKind::of(&ClientId::new("javascript:alert(1)")), ClientIdKind::Document);
    }

    proptest! {
        /// Whatever is accepted means the same URL to a parser that resolves dot segments and to one that does not.
        #[test]
        fn no_accepted_path_changes_when_it_is_parsed(path in "[/.%2eE?a]{0,12}") {
            let text = format!("https://example.com/{path}");
            if let Ok(url) = parse(&text) {
                let parsed = Url::parse(&text).unwrap();
                prop_assert_eq!(parsed.as_str(), url.id().as_str());
            }
        }
    }
}
