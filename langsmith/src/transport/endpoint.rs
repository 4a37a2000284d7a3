//! The configured endpoint may be a bare origin, or end in `/api` or `/api/v1` (LangSmith's SDKs accept all three and
//! self-hosted guides use the latter two). Every path we send starts with `/api/v1`, so the endpoint's own must go
//! first.

use reqwest::Url;

use crate::UpstreamError;

/// The maximum length of a request URL, in bytes after percent-encoding. RFC 9110 section 4.1 recommends support for
/// 8000; nginx, which stands in front of self-hosted deployments, rejects request lines above 8 kB by default.
pub const MAX_URL: usize = 8000;

/// Query parameters, in the order in which they are sent.
pub(crate) type Query<'q> = [(&'static str, &'q str)];

/// The base URLs of an API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    root: String,
    platform: String,
}

impl Place {
    /// The API of the deployment at `endpoint`.
    pub(crate) fn of(endpoint: &Url) -> Self {
        Self { root: root(endpoint), platform: platform(endpoint) }
    }

    /// The API of the data plane at `base`: every version is below `/api`, because other services have other prefixes
    /// there (LangSmith's documentation, "BYOC usage").
    pub(crate) fn of_data_plane(base: &Url) -> Self {
        let root = root(base);
        let platform = format!("{root}/api");
        Self { root, platform }
    }

    /// The root URL, which identifies the place.
    pub(crate) fn root(&self) -> &str {
        &self.root
    }

    /// The absolute URL of an API path such as `/api/v1/sessions`, `/v2/runs/query` or `/auth/public`.
    pub(crate) fn url(&self, path: &str) -> String {
        if path.starts_with("/auth/") && self.platform != self.root {
            // LangSmith's chart for self-hosting has these paths only below `/api/v1` (`frontend/config-map.yaml`).
            return format!("{}/v1{path}", self.platform);
        }
        let base = if path.starts_with("/v2/") { &self.platform } else { &self.root };
        format!("{base}{path}")
    }

    /// The URL of an API path and a query. A URL that is too long is an error here, because no server would report that
    /// clearly.
    pub(crate) fn url_with(&self, path: &str, query: &Query<'_>) -> Result<Url, UpstreamError> {
        let url = self.url(path);
        let url = if query.is_empty() { Url::parse(&url) } else { Url::parse_with_params(&url, query) };
        // The endpoint is a valid URL, and so is one that starts with it.
        let url = url.map_err(|_| UpstreamError::Unreachable)?;
        if url.as_str().len() > MAX_URL { Err(UpstreamError::UrlTooLong) } else { Ok(url) }
    }
}

/// The endpoint without trailing slash, `/api/v1` and `/api`: the prefix of absolute API paths.
pub(crate) fn root(endpoint: &Url) -> String {
    let text = without_query(endpoint);
    let text = text.trim_end_matches('/');
    let text = text.strip_suffix("/v1").filter(|rest| rest.ends_with("/api")).unwrap_or(text);
    text.strip_suffix("/api").unwrap_or(text).trim_end_matches('/').to_owned()
}

/// The endpoint without trailing slash and `/v1`: the prefix of the paths of later API versions. A self-hosted
/// deployment has all versions below `/api`.
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
    fn the_identity_of_a_credential_is_where_the_deployment_serves_it() {
        for (endpoint, expected) in [
            ("https://api.smith.langchain.com/", "https://api.smith.langchain.com/auth/public"),
            ("https://ls.example.com/api", "https://ls.example.com/api/v1/auth/public"),
            ("https://ls.example.com/api/v1", "https://ls.example.com/api/v1/auth/public"),
        ] {
            assert_eq!(Place::of(&Url::parse(endpoint).unwrap()).url("/auth/public"), expected, "{endpoint}");
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
