//! Resource indicators (RFC 8707), parsed as leniently as real clients need.
//!
//! Codex leaves `resource` out when it refreshes and sends it twice when configured; URL parsers add a final slash;
//! older clients send the origin only, which means the MCP endpoint; and a client whose URL has a query includes that.
//! A foreign identifier is still refused: nobody may request a token for us under another name. So are two resources of
//! ours in one request: a token is for one. The tool selection in a query is ignored: every request repeats it, and no
//! token is bound to it.

use url::Url;

use super::Resource;
use crate::public_url::PublicUrl;

/// A `resource` that is none of ours, or a second one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("resource is not an MCP endpoint of this server")]
pub struct ForeignResource;

/// The resource that the `resource` values of a request name; `None` if there is no value.
pub fn requested<'a>(
    public: &PublicUrl,
    values: impl Iterator<Item = &'a str>,
) -> Result<Option<Resource>, ForeignResource> {
    let mut requested = None;
    for value in values.filter(|value| !value.is_empty()) {
        let meant = meant(public, value).ok_or(ForeignResource)?;
        if requested.get_or_insert_with(|| meant.clone()) != &meant {
            return Err(ForeignResource);
        }
    }
    Ok(requested)
}

fn meant(public: &PublicUrl, value: &str) -> Option<Resource> {
    let url = Url::parse(value).ok()?;
    // RFC 8707 section 2 forbids a fragment.
    let is_plain = url.fragment().is_none() && url.username().is_empty() && url.password().is_none();
    if !is_plain || url.origin().ascii_serialization() != public.issuer() {
        return None;
    }
    let is_origin = matches!(url.path(), "" | "/") && url.query().is_none();
    if is_origin || without_slash(url.path()) == public.resource_path() {
        return Some(Resource::MCP);
    }
    Resource::of_server_path(url.path()).filter(|_| public.has_agent_endpoints())
}

fn without_slash(path: &str) -> &str {
    path.strip_suffix('/').unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ours(values: &[&str]) -> bool {
        let requested = requested(&"https://mcp.example.com".parse().unwrap(), values.iter().copied());
        requested.is_ok_and(|resource| resource.unwrap_or_default().is_mcp())
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
        let ours = |value: &str| requested(&public, [value].into_iter()) == Ok(Some(Resource::MCP));
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

    #[test]
    fn a_request_names_one_of_our_resources() {
        let public: PublicUrl = "https://mcp.example.com".parse().unwrap();
        let named = |values: &[&str]| requested(&public, values.iter().copied());
        let research = Resource::of_server_path("/agents/research/mcp").unwrap();
        assert_eq!(named(&["https://mcp.example.com/agents/research/mcp"]), Ok(Some(research.clone())));
        let spellings = [
            "https://MCP.example.com:443/agents/research/mcp/",
            "https://mcp.example.com/agents/research/mcp?readonly=true",
        ];
        assert_eq!(named(&spellings), Ok(Some(research)));
        assert_eq!(named(&["", ""]), Ok(None));
        for values in [
            &["https://mcp.example.com/agents/research/mcp", "https://mcp.example.com/agents/other/mcp"][..],
            &["https://mcp.example.com/agents/research/mcp", "https://mcp.example.com/mcp"],
            &["https://mcp.example.com/agents/Research/mcp"],
            &["https://evil.example.com/agents/research/mcp"],
            &["https://mcp.example.com/agents/research/mcp#a"],
        ] {
            assert_eq!(named(values), Err(ForeignResource), "{values:?}");
        }
        let off = public.clone().without_agents();
        let value = "https://mcp.example.com/agents/research/mcp";
        assert_eq!(requested(&off, [value].into_iter()), Err(ForeignResource));
    }
}
