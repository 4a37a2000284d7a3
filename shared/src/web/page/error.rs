//! The page for whatever a person cannot be sent back to their app with (RFC 6749 section 4.1.2.1: a bad client or
//! redirect URI must never be redirected to).

use askama::Template;

use super::Page;

/// Says what happened and what to do; the request id leads an operator to the log line with the cause.
#[derive(Debug, Clone, Template)]
#[template(path = "error.html")]
pub struct ErrorPage<'a> {
    /// The heading, for example "This sign-in has expired".
    pub title: &'a str,
    /// What happened, in a sentence or two.
    pub what: &'a str,
    /// What the reader can do now.
    pub todo: &'a str,
    /// The id that this request has in the log.
    pub request_id: &'a str,
    /// The one way on that the page offers.
    pub link: Option<Link<'a>>,
}

/// A link that looks like a button.
#[derive(Debug, Clone, Copy)]
pub struct Link<'a> {
    /// What stands on it.
    pub label: &'a str,
    /// A path of ours, or an address made of a checked [`RedirectUri`](crate::oauth::redirect::RedirectUri).
    pub url: &'a str,
}

impl Page for ErrorPage<'_> {
    fn title(&self) -> &str {
        self.title
    }
}
