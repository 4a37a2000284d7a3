//! The address of the control plane, derived from LangSmith's as LangGraph's command line does it
//! (`ControlPlaneEndpoints.from_langsmith_endpoint`).

use reqwest::Url;

use crate::transport::endpoint::root;

/// The domain of LangSmith's cloud, and the hosts of its API and of its control plane. A region is a prefix of both.
const CLOUD: &str = "langchain.com";
const API: &str = "api.smith.langchain.com";
const CONTROL_PLANE: &str = "api.host.langchain.com";

/// The control plane of a self-hosted LangSmith, below its root.
const SELF_HOSTED: &str = "/api-host";

/// The base URL of the control plane, without a slash at its end.
pub(super) fn control_plane(langsmith: &Url) -> String {
    match langsmith.domain().filter(|host| is_cloud(host)) {
        Some(host) => {
            let region = host.strip_suffix(API).filter(|region| region.ends_with('.')).unwrap_or_default();
            format!("https://{region}{CONTROL_PLANE}")
        }
        None => format!("{}{SELF_HOSTED}", root(langsmith)),
    }
}

/// Whether the host is one of LangSmith's cloud.
pub(super) fn is_cloud(host: &str) -> bool {
    is_below(host, CLOUD)
}

/// Whether a host's name is `domain` or a name below it.
pub(super) fn is_below(name: &str, domain: &str) -> bool {
    let rest = name.strip_suffix(domain);
    rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_control_plane_is_beside_langsmith() {
        for (langsmith, expected) in [
            ("https://api.smith.langchain.com", "https://api.host.langchain.com"),
            ("https://api.smith.langchain.com/api/v1", "https://api.host.langchain.com"),
            ("https://eu.api.smith.langchain.com/", "https://eu.api.host.langchain.com"),
            ("https://beta.aws.api.smith.langchain.com", "https://beta.aws.api.host.langchain.com"),
            ("https://smith.langchain.com", "https://api.host.langchain.com"),
            ("https://notapi.smith.langchain.com", "https://api.host.langchain.com"),
            ("https://ls.example.com", "https://ls.example.com/api-host"),
            ("https://ls.example.com/api/v1/", "https://ls.example.com/api-host"),
            ("https://example.com:8443/langsmith/api", "https://example.com:8443/langsmith/api-host"),
            (
                "https://api.smith.langchain.com.example.com",
                "https://api.smith.langchain.com.example.com/api-host",
            ),
            ("https://evillangchain.com", "https://evillangchain.com/api-host"),
            ("http://127.0.0.1:1984", "http://127.0.0.1:1984/api-host"),
        ] {
            assert_eq!(control_plane(&Url::parse(langsmith).unwrap()), expected, "{langsmith}");
        }
    }
}
