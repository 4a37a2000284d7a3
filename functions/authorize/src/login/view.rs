//! The login page, shown before the consent page and the list of connections to a browser without a session.

use askama::Template;
use shared::web::page::{Forms, Page, display_name};

/// The purpose of a login.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Purpose<'a> {
    /// To connect a client.
    Client {
        /// The host of its document, if it has one.
        host: Option<&'a str>,
        /// Its self-chosen name.
        name: &'a str,
    },
    /// To see the list of connections.
    Connections,
    /// To answer an agent's question.
    Answer,
}

/// The login page: offers "Continue with LangSmith", an API key, or both.
#[derive(Debug, Clone, Template)]
#[template(path = "login.html")]
pub(crate) struct LoginPage<'a> {
    /// The purpose of the sign-in.
    pub purpose: Purpose<'a>,
    /// Whether the configured LangSmith offers OAuth; if not, only the key form shows.
    pub langsmith: bool,
    /// The ticket of the pending request that both forms belong to.
    pub ticket: &'a str,
    /// A notice for the person before they choose a way.
    pub notice: Option<&'a str>,
    /// The problem with the submitted key.
    pub key_error: Option<&'a str>,
    /// The id of this request in the log.
    pub request_id: &'a str,
    /// The host of the configured LangSmith, where the person signs in or the key is checked.
    pub langsmith_host: &'a str,
    /// The page of LangSmith's web app that lists the person's keys, if its address is known.
    pub keys_url: Option<&'a str>,
}

impl LoginPage<'_> {
    /// The name of the client that waits for the login, if any.
    fn client(&self) -> Option<String> {
        match self.purpose {
            Purpose::Client { name, .. } => Some(display_name(name)),
            Purpose::Connections | Purpose::Answer => None,
        }
    }

    /// The host of that client's document.
    const fn client_host(&self) -> Option<&str> {
        match self.purpose {
            Purpose::Client { host, .. } => host,
            Purpose::Connections | Purpose::Answer => None,
        }
    }

    /// The heading, for a purpose other than a client.
    const fn heading(&self) -> &'static str {
        match self.purpose {
            Purpose::Client { .. } | Purpose::Connections => "Sign in to see your connections",
            Purpose::Answer => "Sign in to answer an agent",
        }
    }

    /// The step after the login.
    const fn next(&self) -> &'static str {
        match self.purpose {
            Purpose::Client { .. } => "Next, you choose what the app may do.",
            Purpose::Connections => {
                "Next, you see which apps use LangSmith for you, and can end their access."
            }
            Purpose::Answer => "Next, you see the agent's question.",
        }
    }

    /// The key form is open when it is the only way, or when the key had a problem.
    fn key_form_open(&self) -> bool {
        !self.langsmith || self.key_error.is_some() || self.notice.is_some()
    }
}

impl Page for LoginPage<'_> {
    fn title(&self) -> &'static str {
        if self.key_error.is_some() { "Error: Sign in" } else { "Sign in" }
    }

    /// The response leads to LangSmith's sign-in page, and from there to the organization's identity provider.
    fn forms(&self) -> Forms {
        if self.langsmith { Forms::Away } else { Forms::Here }
    }
}

#[cfg(test)]
#[path = "view_tests.rs"]
mod tests;
