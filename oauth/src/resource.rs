//! Resource indicators (RFC 8707), parsed as leniently as real clients need.
//!
//! Codex leaves `resource` out when it refreshes and sends it twice when configured; URL parsers add a final slash;
//! older clients send the origin only; and a client whose URL has a query includes that. There is only one resource
//! here, so all of these mean it. A foreign identifier is still refused: nobody may request a token for us under
//! another name. The tool selection in a query is ignored: every request repeats it, and no token is bound to it.

use url::Url;

use crate::public_url::PublicUrl;

/// Whether every `resource` value of a request names our resource; true when there is none.
pub fn names_ours<'a>(public: &PublicUrl, mut values: impl Iterator<Item = &'a str>) -> bool {
    values.all(|value| value.is_empty() || equivalent(public, value))
}

fn equivalent(public: &PublicUrl, value: &str) -> bool {
    let Ok(url) = Url::parse(value) else { return false };
    // RFC 8707 section 2 forbids a fragment.
    let plain = url.fragment().is_none() && url.username().is_empty() && url.password().is_none();
    let is_origin = matches!(url.path(), "" | "/") && url.query().is_none();
    plain
        && url.origin().ascii_serialization() == public.issuer()
        && (is_origin || without_slash(url.path()) == public.resource_path())
}

fn without_slash(path: &str) -> &str {
    path.strip_suffix('/').unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ours(values: &[&str]) -> bool {
        names_ours(&"https://mcp.example.com".parse().unwrap(), values.iter().copied())
    }

    #[test]
    fn every_spelling_of_our_resource_is_ours() {
        assert!(ours(&[]));
        assert!(ours(&[""]));
        assert!(ours(&["https://mcp.example.com/mcp"]));
        assert!(ours(&["https://mcp.example.com/mcp/"]));
        assert!(ours(&["https://mcp.example.com"]));
        assert!(ours(&["https://MCP.example.com:443/mcp"]));
        assert!(ours(&["https://mcp.example.com/mcp", "https://mcp.example.com/mcp"]));
        assert!(ours(&["https://mcp.example.com/mcp?readonly=true&tools=a,b"]));
        assert!(ours(&["https://mcp.example.com/mcp/?readonly"]));
    }

    #[test]
    fn beside_another_server_only_our_own_path_is_ours() {
        let public: PublicUrl = "https://langsmith.example.com".parse().unwrap();
        let public = public.with_resource_path("/api/mcp").unwrap();
        let ours = |value: &str| names_ours(&public, [value].into_iter());
        assert!(ours("https://langsmith.example.com/api/mcp"));
        assert!(ours("https://langsmith.example.com/api/mcp/"));
        assert!(!ours("https://langsmith.example.com/mcp"));
        assert!(!ours("https://langsmith.example.com/api"));
    }

    #[test]
    fn a_resource_of_somebody_else_is_not() {
        assert!(!ours(&["https://evil.example.com/mcp"]));
        assert!(!ours(&["http://mcp.example.com/mcp"]));
        assert!(!ours(&["https://mcp.example.com/other"]));
        assert!(!ours(&["https://mcp.example.com/mcp#a"]));
        assert!(!ours(&["https://mcp.example.com/mcp?a#b"]));
        assert!(!ours(&["https://mcp.example.com/?readonly=true"]));
        assert!(!ours(&["https://mcp.example.com/other?x=/mcp"]));
        assert!(!ours(&["https://evil.example.com/?https://mcp.example.com/mcp"]));
        assert!(!ours(&["https://a@mcp.example.com/mcp"]));
        assert!(!ours(&["https://mcp.example.com/mcp", "https://evil.example.com/mcp"]));
        assert!(!ours(&["mcp"]));
    }
}
