//! Who are you: the page in front of consent and of the list of connections for a browser without a session.

use askama::Template;
use shared::web::page::{FormTarget, Page, display_name};

/// What a login is for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Purpose<'a> {
    /// To connect the client that calls itself this.
    Client(&'a str),
    /// To see the list of connections.
    Connections,
}

/// Offers "Continue with LangSmith", an API key, or both.
#[derive(Debug, Clone, Template)]
#[template(path = "login.html")]
pub(crate) struct LoginPage<'a> {
    /// What the person signs in for.
    pub purpose: Purpose<'a>,
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
    /// The name of the client that waits for the login, if one does.
    fn client(&self) -> Option<String> {
        match self.purpose {
            Purpose::Client(name) => Some(display_name(name)),
            Purpose::Connections => None,
        }
    }

    /// What comes after the login.
    const fn next(&self) -> &'static str {
        match self.purpose {
            Purpose::Client(_) => "Next, you choose what the app may do.",
            Purpose::Connections => {
                "Next, you see which apps use LangSmith for you, and can end their access."
            }
        }
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
