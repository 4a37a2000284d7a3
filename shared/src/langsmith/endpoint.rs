//! The configured endpoint may be a bare origin, or end in `/api` or `/api/v1` (LangSmith's SDKs accept all three and
//! self-hosted guides use the latter two). Every path we send starts with `/api/v1`, so the endpoint's own must go first.

use reqwest::Url;

/// The endpoint without final slash, `/api/v1` and `/api`; what an absolute API path is appended to.
pub(super) fn root(endpoint: &Url) -> String {
    let text = without_query(endpoint);
    let text = text.trim_end_matches('/');
    let text = text.strip_suffix("/v1").filter(|rest| rest.ends_with("/api")).unwrap_or(text);
    text.strip_suffix("/api").unwrap_or(text).trim_end_matches('/').to_owned()
}

/// The endpoint without final slash and `/v1`; what the path of a later version of the API is appended to. A deployment
/// of one's own has all of its versions below `/api`.
pub(super) fn platform(endpoint: &Url) -> String {
    let text = without_query(endpoint);
    let text = text.trim_end_matches('/');
    text.strip_suffix("/v1").filter(|rest| rest.ends_with("/api")).unwrap_or(text).to_owned()
}

fn without_query(endpoint: &Url) -> String {
    let mut url = endpoint.clone();
    url.set_query(None);
    url.set_fragment(None);
    url.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_one_deployment_has_one_root() {
        for (endpoint, expected) in [
            ("https://api.smith.langchain.com", "https://api.smith.langchain.com"),
            ("https://api.smith.langchain.com/", "https://api.smith.langchain.com"),
            ("https://ls.example.com/api", "https://ls.example.com"),
            ("https://ls.example.com/api/", "https://ls.example.com"),
            ("https://ls.example.com/api/v1", "https://ls.example.com"),
            ("https://ls.example.com/api/v1/?x=1#y", "https://ls.example.com"),
            ("https://example.com/langsmith/api/v1", "https://example.com/langsmith"),
            ("https://example.com/v1", "https://example.com/v1"),
        ] {
            assert_eq!(root(&Url::parse(endpoint).unwrap()), expected, "{endpoint}");
        }
    }

    #[test]
    fn later_versions_stand_beside_the_first_one() {
        for (endpoint, expected) in [
            ("https://api.smith.langchain.com/", "https://api.smith.langchain.com"),
            ("https://ls.example.com/api", "https://ls.example.com/api"),
            ("https://ls.example.com/api/v1/?x=1", "https://ls.example.com/api"),
            ("https://example.com/v1", "https://example.com/v1"),
        ] {
            assert_eq!(platform(&Url::parse(endpoint).unwrap()), expected, "{endpoint}");
        }
    }
}
