//! Who are you: the page in front of consent and of the list of connections for a browser without a session.

use askama::Template;
use shared::web::page::{Forms, Page, display_name};

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
    /// What the person should know before they choose a way.
    pub notice: Option<&'a str>,
    /// What is wrong with the key that was sent.
    pub key_error: Option<&'a str>,
    /// The id that this request has in the log.
    pub request_id: &'a str,
    /// The host of the configured LangSmith, where the person signs in or the key is checked.
    pub langsmith_host: &'a str,
    /// The page of LangSmith's web app that lists the person's keys, where its address is known.
    pub keys_url: Option<&'a str>,
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
        !self.langsmith || self.key_error.is_some() || self.notice.is_some()
    }
}

impl Page for LoginPage<'_> {
    fn title(&self) -> &'static str {
        if self.key_error.is_some() { "Error: Sign in" } else { "Sign in" }
    }

    /// To LangSmith's own sign-in page, and from there to wherever the organization signs in.
    fn forms(&self) -> Forms {
        if self.langsmith { Forms::Away } else { Forms::Here }
    }
}

#[cfg(test)]
#[path = "view_tests.rs"]
mod tests;
