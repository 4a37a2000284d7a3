//! Who are you: the page between `/authorize` and consent for a browser without a session.

use askama::Template;
use shared::web::page::{FormTarget, Page, display_name};

/// Offers "Continue with LangSmith", an API key, or both.
#[derive(Debug, Clone, Template)]
#[template(path = "login.html")]
pub(crate) struct LoginPage<'a> {
    /// The client's name, as it registered itself.
    pub client_name: &'a str,
    /// Whether the configured LangSmith offers OAuth; if not, only the key form shows.
    pub langsmith: bool,
    /// The pending login that both forms belong to.
    pub ticket: &'a str,
    /// Why the person sees this page again, for example that the key was refused.
    pub notice: Option<&'a str>,
    /// The id that this request has in the log.
    pub request_id: &'a str,
    /// The host of the configured LangSmith, where the person signs in or the key is checked.
    pub langsmith_host: &'a str,
    /// Where "Continue with LangSmith" redirects to: LangSmith's authorization endpoint.
    pub form_targets: &'a [FormTarget],
}

impl LoginPage<'_> {
    fn client(&self) -> String {
        display_name(self.client_name)
    }

    /// The key form stands open when it is the only way, or when it is where something went wrong.
    fn key_form_open(&self) -> bool {
        !self.langsmith || self.notice.is_some()
    }
}

impl Page for LoginPage<'_> {
    fn title(&self) -> &'static str {
        "Sign in"
    }

    fn form_targets(&self) -> &[FormTarget] {
        self.form_targets
    }
}
