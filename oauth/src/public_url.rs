//! The configured public base URL. Every absolute URL that we publish is built from it and never from `Host` or
//! `X-Forwarded-*`, which a caller controls.

use std::fmt;
use std::str::FromStr;

use url::Url;

use primitives::authority::is_loopback;

use crate::resource::{Resource, ServerName};
use crate::scope::ScopeSet;

/// The default path of the resource.
pub const RESOURCE_PATH: &str = "/mcp";
/// The path prefix of the RFC 9728 document.
const WELL_KNOWN_RESOURCE: &str = "/.well-known/oauth-protected-resource";
/// The path prefix of the RFC 8414 document.
const WELL_KNOWN_ISSUER: &str = "/.well-known/oauth-authorization-server";
/// The maximum length of a query in a resource identifier, in bytes.
const MAX_QUERY: usize = 1_024;

/// An origin without a path and without a final slash: the RFC 8414 issuer, byte for byte.
///
/// Clients compare it for equality in the protected-resource document, the metadata and the `iss` parameter, and for
/// some a single extra slash fails the login.
///
/// Only the MCP endpoint may be at another path: beside a self-hosted LangSmith it is `/api/mcp`. Everything else stays
/// at the origin. The value names one [resource](Resource), which is the MCP endpoint until [`at`](PublicUrl::at) says
/// otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl {
    origin: String,
    resource_path: String,
    scopes: ScopeSet,
    has_agent_endpoints: bool,
    loopback: bool,
    https: bool,
}

/// The spelling of the resource's URL: URL parsers and people add a final slash, and a query selects
/// tools. All spellings are one resource, but clients compare the URL that they were given
/// with the published one, character by character (RFC 9728 section 3.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spelling<'q> {
    final_slash: bool,
    /// Empty if there is no query.
    query: &'q str,
}

impl Spelling<'static> {
    /// The canonical spelling.
    pub const PLAIN: Self = Self { final_slash: false, query: "" };
    /// The spelling with a final slash.
    pub const FINAL_SLASH: Self = Self { final_slash: true, query: "" };
    /// The spellings without a query.
    pub const ALL: [Self; 2] = [Self::PLAIN, Self::FINAL_SLASH];
}

impl<'q> Spelling<'q> {
    /// The spelling in a request's path and query; see [`with_query`](Self::with_query).
    pub fn of(path: &str, query: Option<&'q str>, is_ours: fn(&str) -> bool) -> Self {
        Spelling { final_slash: path.ends_with('/'), query: "" }.with_query(query, is_ours)
    }

    /// The same spelling with this query. A query is dropped if it is too long, has invalid characters (RFC 3986
    /// section 3.4), or has a parameter whose name is not the resource's own (`is_ours`): it would be copied into a
    /// quoted string, JSON and the logs of clients, and a misplaced part of a URL may be a secret.
    #[must_use]
    pub fn with_query(self, query: Option<&'q str>, is_ours: fn(&str) -> bool) -> Self {
        let ours = |pair: &str| is_ours(pair.split('=').next().unwrap_or_default());
        let is_plain = |query: &&str| {
            query.len() <= MAX_QUERY && query.bytes().all(may_be_in_query) && query.split('&').all(ours)
        };
        Self { query: query.filter(is_plain).unwrap_or_default(), ..self }
    }

    fn ending(self) -> String {
        let slash = if self.final_slash { "/" } else { "" };
        if self.query.is_empty() { slash.to_owned() } else { format!("{slash}?{}", self.query) }
    }
}

const fn may_be_in_query(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(
            byte,
            b'-' | b'.'
                | b'_'
                | b'~'
                | b'!'
                | b'$'
                | b'&'
                | b'\''
                | b'('
                | b')'
                | b'*'
                | b'+'
                | b','
                | b';'
                | b'='
                | b':'
                | b'@'
                | b'/'
                | b'?'
                | b'%'
        )
}

/// Why a text is not a valid resource path.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be a path such as /mcp or /api/mcp, of letters, digits, hyphens and slashes")]
pub struct ResourcePathError;

/// Why a text is not a valid public base URL.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum PublicUrlError {
    /// Not an absolute http or https URL.
    #[error("not an absolute http or https URL")]
    NotHttp,
    /// Plain http is only allowed for a loopback host.
    #[error("plain http is only allowed for localhost, 127.0.0.1 and [::1]")]
    InsecureHost,
    /// There is a path, query, fragment or user name.
    #[error("must be an origin only: no path, query, fragment or user name")]
    NotOrigin,
}

impl PublicUrl {
    /// The issuer identifier (RFC 8414 section 2).
    pub fn issuer(&self) -> &str {
        &self.origin
    }

    /// The same origin with its resource at another path.
    pub fn with_resource_path(mut self, path: &str) -> Result<Self, ResourcePathError> {
        let segments = path.strip_prefix('/').ok_or(ResourcePathError)?.split('/');
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        for segment in segments {
            if segment.is_empty() || !segment.bytes().all(plain) {
                return Err(ResourcePathError);
            }
        }
        path.clone_into(&mut self.resource_path);
        Ok(self)
    }

    /// The same origin without endpoints of Agent Servers.
    #[must_use]
    pub fn without_agents(self) -> Self {
        Self { has_agent_endpoints: false, ..self }
    }

    /// Whether there are endpoints of Agent Servers.
    pub const fn has_agent_endpoints(&self) -> bool {
        self.has_agent_endpoints
    }

    /// The same origin, with this resource as the one that it names.
    #[must_use]
    pub fn at(&self, resource: &Resource) -> Self {
        let path = resource.server().map_or_else(|| self.resource_path.clone(), ServerName::path);
        Self { resource_path: path, scopes: resource.scopes(), ..self.clone() }
    }

    /// The canonical resource identifier (RFC 8707, MCP authorization): the URL that people enter.
    pub fn resource(&self) -> String {
        self.join(&self.resource_path)
    }

    /// The scopes that exist for the resource.
    pub const fn scopes(&self) -> ScopeSet {
        self.scopes
    }

    /// The resource's path.
    pub fn resource_path(&self) -> &str {
        &self.resource_path
    }

    /// The resource identifier in the given spelling.
    pub fn resource_as(&self, spelling: Spelling<'_>) -> String {
        format!("{}{}", self.resource(), spelling.ending())
    }

    /// The path and query of the resource's RFC 9728 document (section 3.1: the resource's own path and query follow
    /// the well-known path).
    pub fn resource_metadata_path(&self, spelling: Spelling<'_>) -> String {
        format!("{WELL_KNOWN_RESOURCE}{}{}", self.resource_path, spelling.ending())
    }

    /// Where clients that take the resource for the issuer look for the RFC 8414 document.
    pub fn issuer_metadata_path_of_resource(&self, spelling: Spelling<'_>) -> String {
        format!("{WELL_KNOWN_ISSUER}{}{}", self.resource_path, spelling.ending())
    }

    /// The absolute URL of one of our paths, which starts with a slash.
    pub fn join(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    /// Whether the host is this machine.
    pub const fn is_loopback(&self) -> bool {
        self.loopback
    }

    /// Whether cookies may carry the `Secure` attribute and the `__Host-` prefix.
    pub const fn is_https(&self) -> bool {
        self.https
    }
}

impl FromStr for PublicUrl {
    type Err = PublicUrlError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let url = Url::parse(text).map_err(|_| PublicUrlError::NotHttp)?;
        let https = match url.scheme() {
            "https" => true,
            "http" => false,
            _ => return Err(PublicUrlError::NotHttp),
        };
        let bare = url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none();
        if !bare {
            return Err(PublicUrlError::NotOrigin);
        }
        let loopback = is_loopback(&url);
        if !https && !loopback {
            return Err(PublicUrlError::InsecureHost);
        }
        let origin = url.origin().ascii_serialization();
        let (resource_path, scopes) = (RESOURCE_PATH.to_owned(), Resource::MCP.scopes());
        Ok(Self { origin, resource_path, scopes, has_agent_endpoints: true, loopback, https })
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.origin)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spelling<'q>(path: &str, query: &'q str) -> Spelling<'q> {
        Spelling::of(path, Some(query), |name| matches!(name, "readonly" | "tools"))
    }

    #[test]
    fn the_issuer_has_no_final_slash_and_a_lowercase_host() {
        let url: PublicUrl = "https://MCP.Example.com/".parse().unwrap();
        assert_eq!(url.issuer(), "https://mcp.example.com");
        assert_eq!(url.resource(), "https://mcp.example.com/mcp");
    }

    #[test]
    fn plain_http_is_for_loopback_only() {
        assert!("http://localhost:8484".parse::<PublicUrl>().unwrap().is_loopback());
        assert!("http://[::1]:8484".parse::<PublicUrl>().unwrap().is_loopback());
        assert_eq!("http://example.com".parse::<PublicUrl>(), Err(PublicUrlError::InsecureHost));
    }

    #[test]
    fn only_the_resource_moves() {
        let url: PublicUrl = "https://langsmith.example.com".parse().unwrap();
        let url = url.with_resource_path("/api/mcp").unwrap();
        assert_eq!(url.issuer(), "https://langsmith.example.com");
        assert_eq!(url.resource(), "https://langsmith.example.com/api/mcp");
        assert_eq!(
            url.resource_metadata_path(Spelling::PLAIN),
            "/.well-known/oauth-protected-resource/api/mcp"
        );
        let slash = Spelling::FINAL_SLASH;
        assert_eq!(url.resource_metadata_path(slash), "/.well-known/oauth-protected-resource/api/mcp/");
        assert_eq!(url.resource_as(slash), "https://langsmith.example.com/api/mcp/");
        for path in ["", "/", "mcp", "/mcp/", "//mcp", "/a b", "/{x}", "/mcp?x", "/é", "/*x", "/.."] {
            assert_eq!(url.clone().with_resource_path(path), Err(ResourcePathError), "{path}");
        }
    }

    #[test]
    fn an_agent_servers_endpoint_has_its_own_metadata() {
        let url: PublicUrl = "https://langsmith.example.com".parse().unwrap();
        let url = url.with_resource_path("/api/mcp").unwrap();
        let agents = url.at(&Resource::of_server_path("/agents/a_b/mcp").unwrap());
        assert_eq!(agents.resource(), "https://langsmith.example.com/agents/a_b/mcp");
        assert_eq!(
            agents.resource_metadata_path(Spelling::FINAL_SLASH),
            "/.well-known/oauth-protected-resource/agents/a_b/mcp/"
        );
        assert_eq!(url.at(&Resource::MCP), url);
    }

    #[test]
    fn a_query_belongs_to_the_spelling() {
        let url: PublicUrl = "https://mcp.example.com".parse().unwrap();
        let asked = spelling("/mcp", "readonly=true&tools=a,b%20c");
        assert_eq!(url.resource_as(asked), "https://mcp.example.com/mcp?readonly=true&tools=a,b%20c");
        assert_eq!(
            url.resource_metadata_path(spelling("/mcp/", "readonly")),
            "/.well-known/oauth-protected-resource/mcp/?readonly"
        );
    }

    #[test]
    fn a_query_that_could_end_a_quoted_string_is_left_out() {
        let long = format!("tools={}", "x".repeat(MAX_QUERY - 5));
        for value in ["a\"b", "a\\", "a b", "a#b", "a\r\nb", "é", "{a}", "<a>", &long[6..]] {
            assert_eq!(spelling("/mcp", &format!("tools={value}")), Spelling::PLAIN, "{value}");
        }
        assert_ne!(spelling("/mcp", &long[..MAX_QUERY]), Spelling::PLAIN);
    }

    #[test]
    fn a_query_that_says_anything_else_is_not_repeated() {
        for query in ["", "access_token=x", "readonly&api_key=x", "tools=a&b", "x=tools", "&readonly"] {
            assert_eq!(spelling("/mcp", query), Spelling::PLAIN, "{query}");
        }
    }

    #[test]
    fn anything_but_an_origin_is_refused() {
        for text in ["https://h/prod", "https://h/?a", "https://h/#a", "https://u@h/"] {
            assert_eq!(text.parse::<PublicUrl>(), Err(PublicUrlError::NotOrigin), "{text}");
        }
        for text in ["h", "ftp://h", "mailto:a@b"] {
            assert_eq!(text.parse::<PublicUrl>(), Err(PublicUrlError::NotHttp), "{text}");
        }
    }
}
