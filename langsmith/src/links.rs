//! URLs of pages in LangSmith's web app. The API does not report them: they follow from the endpoint, or are absent.

use reqwest::Url;

use crate::transport::endpoint;
use crate::{LangSmith, WorkspaceClient};

impl LangSmith {
    /// The base URL of pages in the web app, without trailing slash.
    pub fn web_root(&self) -> Option<String> {
        web_root(self.endpoint())
    }
}

impl WorkspaceClient<'_> {
    /// The base URL of pages in the web app, without trailing slash.
    pub fn web_root(&self) -> Option<String> {
        web_root(self.endpoint())
    }

    /// The page of a project in its workspace.
    pub fn project_page(&self, workspace: &str, project: &str) -> Option<String> {
        self.web_root().map(|root| format!("{root}/o/{workspace}/projects/p/{project}"))
    }

    /// The page of a dataset in its workspace.
    pub fn dataset_page(&self, workspace: &str, dataset: &str) -> Option<String> {
        self.web_root().map(|root| format!("{root}/o/{workspace}/datasets/{dataset}"))
    }

    /// The page of an experiment on a dataset.
    pub fn experiment_page(&self, workspace: &str, dataset: &str, experiment: &str) -> Option<String> {
        let dataset = self.dataset_page(workspace, dataset)?;
        Some(format!("{dataset}/compare?selectedSessions={experiment}"))
    }

    /// The page of a prompt in its workspace.
    pub fn prompt_page(&self, workspace: &str, prompt: &str) -> Option<String> {
        self.web_root().map(|root| format!("{root}/prompts/{prompt}?organizationId={workspace}"))
    }
}

/// The hosted platform has its app on the host without `api.`, a self-hosted deployment at the URL above `/api`.
fn web_root(api: &Url) -> Option<String> {
    let root = endpoint::root(api);
    let host = api.host_str().filter(|_| api.username().is_empty() && api.password().is_none())?;
    if host == "api.smith.langchain.com" || host.ends_with(".api.smith.langchain.com") {
        return Some(root.replacen("api.smith.", "smith.", 1));
    }
    let path = api.path().trim_end_matches('/');
    (path.ends_with("/api") || path.ends_with("/api/v1")).then_some(root)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_app_is_where_the_endpoint_says() {
        for (api, expected) in [
            ("https://api.smith.langchain.com", Some("https://smith.langchain.com")),
            ("https://eu.api.smith.langchain.com/api/v1", Some("https://eu.smith.langchain.com")),
            ("https://ls.example.com/api/v1/", Some("https://ls.example.com")),
            ("https://example.com/langsmith/api", Some("https://example.com/langsmith")),
            ("https://api.smith.langchain.com.evil.example", None),
            ("https://user:word@api.smith.langchain.com", None),
            ("http://127.0.0.1:1234", None),
        ] {
            assert_eq!(web_root(&Url::parse(api).unwrap()).as_deref(), expected, "{api}");
        }
    }
}
