//! Validates the data plane addresses that LangSmith lists.

use std::net::IpAddr;

use primitives::authority::{authority, is_loopback};
use reqwest::Url;
use url::Host;

use super::error::DataPlaneProblem;
use super::reach::Reach;
use crate::transport::endpoint::Place;

/// The maximum length of an address, in bytes.
const MAX_ADDRESS: usize = 2048;
/// The maximum length of an address in errors, in characters.
const MAX_SHOWN: usize = 200;

/// The rules for addresses.
#[derive(Clone, Debug)]
pub(super) struct Rules {
    /// LangSmith itself.
    pub(super) langsmith: Url,
    /// The public URL of this server.
    pub(super) ourselves: Option<Url>,
    pub(super) reach: Reach,
}

/// Where a workspace's traffic goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Destination {
    /// LangSmith itself, which a self-hosted deployment may list.
    LangSmith,
    /// A data plane, and its address for error texts.
    DataPlane(Place, String),
}

/// A refused address, in the form for error texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refused {
    pub(super) shown: Option<String>,
    pub(super) problem: DataPlaneProblem,
}

impl Rules {
    /// The destination at the address `text`.
    pub(super) fn judge(&self, text: &str) -> Result<Destination, Refused> {
        let Some(url) = parsed(text) else {
            return Err(Refused { shown: None, problem: DataPlaneProblem::Malformed });
        };
        let place = Place::of_data_plane(&url);
        if place.root() == Place::of(&self.langsmith).root() {
            return Ok(Destination::LangSmith);
        }
        let shown = origin(&url);
        match self.problem(&url) {
            Some(problem) => Err(Refused { shown: Some(shown), problem }),
            None => Ok(Destination::DataPlane(place, shown)),
        }
    }

    /// The URL at the address `text`, whose host may be in a private network if `is_chosen` says so.
    pub(super) fn plain(
        &self,
        text: &str,
        is_chosen: impl Fn(&Url) -> bool,
    ) -> Result<Url, DataPlaneProblem> {
        let url = parsed(text).ok_or(DataPlaneProblem::Malformed)?;
        match self.problem(&url) {
            None => Ok(url),
            Some(DataPlaneProblem::Private) if is_chosen(&url) => Ok(url),
            Some(problem) => Err(problem),
        }
    }

    fn problem(&self, url: &Url) -> Option<DataPlaneProblem> {
        let decorated = !url.username().is_empty()
            || url.password().is_some()
            || url.query().is_some()
            || url.fragment().is_some();
        if decorated {
            return Some(DataPlaneProblem::Decorated);
        }
        if self.ourselves.as_ref().is_some_and(|ourselves| is_same(ourselves, url)) {
            return Some(DataPlaneProblem::Ourselves);
        }
        let local = self.reach.loopback && is_loopback(url);
        match url.scheme() {
            "https" => {}
            "http" if local => {}
            _ => return Some(DataPlaneProblem::NotHttps),
        }
        (!local && self.is_private(url)).then_some(DataPlaneProblem::Private)
    }

    fn is_private(&self, url: &Url) -> bool {
        match url.host() {
            Some(Host::Ipv4(address)) => !self.reach.allows(IpAddr::V4(address)),
            Some(Host::Ipv6(address)) => !self.reach.allows(IpAddr::V6(address)),
            Some(Host::Domain(name)) => is_local_name(name),
            None => true,
        }
    }
}

/// Whether a name belongs to this machine or its local network. Other names are checked when they are resolved.
fn is_local_name(name: &str) -> bool {
    let name = name.trim_end_matches('.');
    !name.contains('.') || name.ends_with(".localhost")
}

/// Whether both URLs are the same server. Loopback names are equivalent.
fn is_same(one: &Url, other: &Url) -> bool {
    let host = |url: &Url| url.host_str().map(|host| host.trim_end_matches('.').to_owned());
    let both_local = is_loopback(one) && is_loopback(other);
    one.port_or_known_default() == other.port_or_known_default() && (both_local || host(one) == host(other))
}

/// The part of a listed address that may be shown: scheme, host and port, if it has a host.
pub fn shown_data_plane(text: &str) -> Option<String> {
    parsed(text).as_ref().map(origin)
}

fn parsed(text: &str) -> Option<Url> {
    let url = Some(text).filter(|text| text.len() <= MAX_ADDRESS).and_then(|text| Url::parse(text).ok());
    url.filter(Url::has_host)
}

/// Scheme, host and port only: a path may hold a secret.
fn origin(url: &Url) -> String {
    let all = format!("{}://{}", url.scheme(), authority(url));
    all.chars().take(MAX_SHOWN).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(langsmith: &str, ourselves: &str, private: bool) -> Rules {
        let langsmith = Url::parse(langsmith).unwrap();
        let reach = Reach { loopback: is_loopback(&langsmith), private };
        Rules { langsmith, ourselves: Some(Url::parse(ourselves).unwrap()), reach }
    }

    fn hosted() -> Rules {
        rules("https://api.smith.langchain.com", "https://mcp.example.com", false)
    }

    fn problem(rules: &Rules, text: &str) -> Option<DataPlaneProblem> {
        rules.judge(text).err().map(|refused| refused.problem)
    }

    #[test]
    fn a_public_https_address_may_be_asked() {
        for text in [
            "https://dp.example.com",
            "https://dp.example.com/",
            "https://dp.example.com/api/v1",
            "https://dp.example.com:8443/api",
            "https://8.8.8.8",
            "https://mcp.example.com:8443",
            "https://mcp.example.com.evil.example",
        ] {
            let found = hosted().judge(text).unwrap();
            let Destination::DataPlane(place, shown) = found else { panic!("{text}: {found:?}") };
            assert!(place.root().starts_with(&shown) && !place.root().contains("api"), "{text}: {shown}");
        }
    }

    #[test]
    fn langsmith_itself_is_no_data_plane() {
        for (langsmith, text) in [
            ("https://api.smith.langchain.com", "https://api.smith.langchain.com/api/v1"),
            ("http://langsmith.internal:1980/api/v1", "http://langsmith.internal:1980"),
        ] {
            let rules = rules(langsmith, "https://mcp.example.com", false);
            assert_eq!(rules.judge(text), Ok(Destination::LangSmith), "{text}");
        }
    }

    #[test]
    fn every_other_address_is_refused_for_its_reason() {
        use DataPlaneProblem as P;
        for (expected, texts) in [
            (
                P::Malformed,
                vec![
                    "dp.example.com",
                    "",
                    " ",
                    "https://",
                    "data:x",
                    "https://[::1",
                    "//dp.example.com",
                    "https://exa mple.com",
                ],
            ),
            (
                P::NotHttps,
                vec![
                    "http://dp.example.com",
                    "ftp://dp.example.com",
                    "ws://dp.example.com",
                    "http://127.0.0.1:1984",
                    "http://10.0.0.1",
                ],
            ),
            (
                P::Decorated,
                vec![
                    "https://user@dp.example.com",
                    "https://user:word@dp.example.com",
                    "https://:word@dp.example.com",
                    "https://dp.example.com?x=1",
                    "https://dp.example.com#x",
                    "https://dp.example.com/?",
                ],
            ),
            (
                P::Ourselves,
                vec![
                    "https://mcp.example.com",
                    "https://MCP.example.com:443/mcp",
                    "https://mcp.example.com./x",
                ],
            ),
            (
                P::Private,
                vec![
                    "https://127.0.0.1",
                    "https://127.1",
                    "https://2130706433",
                    "https://0x7f000001",
                    "https://0177.0.0.1",
                    "https://10.0.0.1",
                    "https://192.168.0.1:8443",
                    "https://172.20.1.1",
                    "https://100.64.0.1",
                    "https://169.254.169.254",
                    "https://0.0.0.0",
                    "https://[::1]",
                    "https://[::]",
                    "https://[fd00::1]",
                    "https://[fe80::1]",
                    "https://[::ffff:10.0.0.1]",
                    "https://[::ffff:a00:1]",
                    "https://[64:ff9b::10.0.0.1]",
                    "https://[fd00:ec2::254]",
                    "https://localhost",
                    "https://LOCALHOST.:8484",
                    "https://dp.localhost",
                    "https://dp",
                ],
            ),
        ] {
            for text in texts {
                assert_eq!(problem(&hosted(), text), Some(expected), "{text}");
            }
        }
        let long = format!("https://dp.example.com/{}", "x".repeat(MAX_ADDRESS));
        assert_eq!(problem(&hosted(), &long), Some(P::Malformed));
    }

    #[test]
    fn loopback_is_for_a_langsmith_that_is_there() {
        let local = rules("http://127.0.0.1:1984", "http://localhost:8484", false);
        for text in ["http://127.0.0.1:1985", "http://localhost:1985", "https://[::1]:1985"] {
            assert_eq!(problem(&local, text), None, "{text}");
        }
        for text in ["http://127.0.0.1:8484", "http://[::1]:8484/mcp", "https://localhost:8484"] {
            assert_eq!(problem(&local, text), Some(DataPlaneProblem::Ourselves), "{text}");
        }
        assert_eq!(problem(&local, "http://dp.example.com"), Some(DataPlaneProblem::NotHttps));
        assert_eq!(problem(&local, "https://10.0.0.1"), Some(DataPlaneProblem::Private));
    }

    #[test]
    fn private_networks_are_for_an_operator_who_says_so() {
        let open = rules("https://api.smith.langchain.com", "https://mcp.example.com", true);
        assert_eq!(problem(&open, "https://10.0.0.1"), None);
        assert_eq!(problem(&open, "http://10.0.0.1"), Some(DataPlaneProblem::NotHttps));
        for text in ["https://127.0.0.1", "https://169.254.169.254", "https://localhost"] {
            assert_eq!(problem(&open, text), Some(DataPlaneProblem::Private), "{text}");
        }
    }

    #[test]
    fn what_is_shown_holds_no_secret() {
        let refused = hosted().judge("http://user:hunter2@dp.example.com:81/token?key=x#y").unwrap_err();
        assert_eq!(refused.shown.as_deref(), Some("http://dp.example.com:81"));
    }
}
