//! The hosts of deployments that get the caller's LangSmith credential. The control plane says where a deployment is, and
//! everybody who may create one influences that: without these rules, one person could name a host of theirs and collect
//! the credentials of the workspace.

use primitives::authority::is_loopback;
use reqwest::Url;
use url::Host;

use super::address::{is_below, is_cloud};

/// The domain of the deployments in LangSmith's cloud. Nobody but LangSmith has names there.
const DEPLOYMENTS: &str = "langgraph.app";

/// The rules of one LangSmith.
#[derive(Clone, Debug)]
pub(super) struct Trust {
    langsmith: Url,
}

impl Trust {
    pub(super) fn of(langsmith: &Url) -> Self {
        Self { langsmith: langsmith.clone() }
    }

    /// Whether a deployment at this address gets the credential: in LangSmith's cloud below `langgraph.app`, otherwise at
    /// LangSmith's own host and below it, and on this machine if LangSmith is there.
    ///
    /// Names beside a self-hosted LangSmith's are not trusted: which part of a name belongs to one owner cannot be told
    /// from the name.
    pub(super) fn allows(&self, address: &Url) -> bool {
        if self.is_langsmith(address) || (is_loopback(&self.langsmith) && is_loopback(address)) {
            return true;
        }
        match (self.langsmith.host(), address.host()) {
            (Some(Host::Domain(langsmith)), Some(Host::Domain(name))) if is_cloud(langsmith) => {
                name != DEPLOYMENTS && is_below(name, DEPLOYMENTS)
            }
            (Some(Host::Domain(langsmith)), Some(Host::Domain(name))) => is_below(name, langsmith),
            _ => false,
        }
    }

    /// Whether the address is on LangSmith's own host, self-hosted: the operator has named that host.
    pub(super) fn is_langsmith(&self, address: &Url) -> bool {
        let is_cloud = self.langsmith.domain().is_some_and(is_cloud);
        !is_cloud && self.langsmith.host() == address.host()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(langsmith: &str, address: &str) -> bool {
        Trust::of(&Url::parse(langsmith).unwrap()).allows(&Url::parse(address).unwrap())
    }

    #[test]
    fn in_the_cloud_only_langsmiths_own_domain_is_trusted() {
        for langsmith in ["https://api.smith.langchain.com", "https://eu.api.smith.langchain.com"] {
            for address in
                ["https://a-1a2b.us.langgraph.app", "https://a.langgraph.app", "https://A.EU.LANGGRAPH.APP/x"]
            {
                assert!(allows(langsmith, address), "{address}");
            }
            for address in [
                "https://langgraph.app",
                "https://evil-langgraph.app",
                "https://a.langgraph.app.example.com",
                "https://a.example.com",
                "https://a.langgraph.app.",
                "https://api.smith.langchain.com",
                "https://8.8.8.8",
                "http://127.0.0.1:2024",
            ] {
                assert!(!allows(langsmith, address), "{address}");
            }
        }
    }

    #[test]
    fn beside_a_self_hosted_langsmith_its_own_host_is_trusted() {
        let langsmith = "https://langsmith.example.com/api/v1";
        for address in [
            "https://langsmith.example.com/lgp/research",
            "https://langsmith.example.com:8443",
            "https://research.langsmith.example.com",
        ] {
            assert!(allows(langsmith, address), "{address}");
        }
        for address in [
            "https://example.com",
            "https://research.example.com",
            "https://evil-langsmith.example.com",
            "https://a.us.langgraph.app",
            "https://10.0.0.1",
        ] {
            assert!(!allows(langsmith, address), "{address}");
        }
        assert!(allows("https://10.0.0.1", "https://10.0.0.1/lgp/a"));
        assert!(!allows("https://10.0.0.1", "https://10.0.0.2"));
    }

    #[test]
    fn this_machine_is_trusted_by_a_langsmith_on_it() {
        assert!(allows("http://127.0.0.1:1984", "http://localhost:2024"));
        assert!(!allows("http://127.0.0.1:1984", "https://a.us.langgraph.app"));
        assert!(!allows("https://langsmith.example.com", "http://localhost:2024"));
    }
}
