//! The page for errors that cannot be delivered to the app (RFC 6749 section 4.1.2.1: never redirect to a bad client or
//! redirect URI).

use askama::Template;

use super::Page;

/// An error page: says what happened and what to do. The request id leads an operator to the log line with the cause.
#[derive(Debug, Clone, Template)]
#[template(path = "error.html")]
pub struct ErrorPage<'a> {
    /// The heading, for example "This sign-in has expired".
    pub title: &'a str,
    /// What happened, in a sentence or two.
    pub what: &'a str,
    /// What the reader can do now.
    pub todo: &'a str,
    /// The id of this request in the log.
    pub request_id: &'a str,
    /// The one link that leads on from the page.
    pub link: Option<Link<'a>>,
}

/// A link that looks like a button.
#[derive(Debug, Clone, Copy)]
pub struct Link<'a> {
    /// The label of the button.
    pub label: &'a str,
    /// A path of ours, or a URL made from a validated [`RedirectUri`](oauth::redirect::RedirectUri).
    pub url: &'a str,
}

impl Page for ErrorPage<'_> {
    fn title(&self) -> &str {
        self.title
    }
}
