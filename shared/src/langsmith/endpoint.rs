//! The configured endpoint may be a bare origin, or end in `/api` or `/api/v1` (LangSmith's SDKs accept all three and
//! self-hosted guides use the latter two). Every path we send starts with `/api/v1`, so the endpoint's own must go first.

use reqwest::Url;

use super::UpstreamError;
use super::caller::Query;

/// The longest URL that is sent, in bytes, percent-encoded as it is. RFC 9110 section 4.1 recommends that everybody takes
/// 8000; nginx, which stands before deployments of one's own, takes no request line above 8 kB unless told to.
pub const MAX_URL: usize = 8000;

/// Where an API is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    root: String,
    platform: String,
}

impl Place {
    /// Where the API of the deployment at `endpoint` is.
    pub(super) fn of(endpoint: &Url) -> Self {
        Self { root: root(endpoint), platform: platform(endpoint) }
    }

    /// Where the API of the data plane at `base` is: every version below `/api`, because other services have other
    /// prefixes there (LangSmith's documentation, "BYOC usage").
    pub(super) fn of_data_plane(base: &Url) -> Self {
        let root = root(base);
        let platform = format!("{root}/api");
        Self { root, platform }
    }

    /// What tells it from other places.
    pub(super) fn root(&self) -> &str {
        &self.root
    }

    /// The absolute URL of an API path such as `/api/v1/sessions` or `/v2/runs/query`.
    pub(super) fn url(&self, path: &str) -> String {
        let base = if path.starts_with("/v2/") { &self.platform } else { &self.root };
        format!("{base}{path}")
    }

    /// The URL of an API path and a query. No server would say clearly that it is too long, so it is not sent then.
    pub(super) fn url_with(&self, path: &str, query: &Query<'_>) -> Result<Url, UpstreamError> {
        let url = self.url(path);
        let url = if query.is_empty() { Url::parse(&url) } else { Url::parse_with_params(&url, query) };
        // The endpoint is a URL, and so is what begins with it.
        let url = url.map_err(|_| UpstreamError::Unreachable)?;
        if url.as_str().len() > MAX_URL { Err(UpstreamError::UrlTooLong) } else { Ok(url) }
    }
}

/// The endpoint without final slash, `/api/v1` and `/api`; what an absolute API path is appended to.
pub(super) fn root(endpoint: &Url) -> String {
    let text = without_query(endpoint);
    let text = text.trim_end_matches('/');
    let text = text.strip_suffix("/v1").filter(|rest| rest.ends_with("/api")).unwrap_or(text);
    text.strip_suffix("/api").unwrap_or(text).trim_end_matches('/').to_owned()
}

/// The endpoint without final slash and `/v1`; what the path of a later version of the API is appended to. A deployment
/// of one's own has all of its versions below `/api`.
fn platform(endpoint: &Url) -> String {
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

    #[test]
    fn a_data_plane_has_every_version_below_its_prefix() {
        for base in ["https://dp.example.com", "https://dp.example.com/", "https://dp.example.com/api/v1"] {
            let place = Place::of_data_plane(&Url::parse(base).unwrap());
            assert_eq!(place.url("/api/v1/sessions"), "https://dp.example.com/api/v1/sessions");
            assert_eq!(place.url("/v2/runs/query"), "https://dp.example.com/api/v2/runs/query");
        }
    }
}
