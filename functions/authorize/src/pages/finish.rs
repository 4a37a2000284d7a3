//! It is done: the page after Allow or Deny for an app that takes links of its own scheme.

use askama::Template;
use shared::web::page::Page;

/// What the person decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Decided {
    /// The app gets access.
    Allowed,
    /// It gets none.
    Denied,
}

/// The app that the link opens, as far as its scheme tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Opened<'a> {
    /// A known client, by its name.
    Known(&'a str),
    /// Whoever owns the domain that the scheme is made of (RFC 8252 section 7.1).
    Owned(&'a str),
    /// Whatever program on this computer has taken the scheme. Nothing opens it but the person.
    Unknown(&'a str),
}

/// Leads to the app. The link holds the code, which is why the page is never stored, framed or named as a referrer.
#[derive(Debug, Clone, Template)]
#[template(path = "finish.html")]
pub(crate) struct FinishPage<'a> {
    /// What the person decided.
    pub decided: Decided,
    /// The app.
    pub app: Opened<'a>,
    /// The client's redirect URI with the answer in it.
    pub url: &'a str,
}

impl FinishPage<'_> {
    fn is_allowed(&self) -> bool {
        self.decided == Decided::Allowed
    }

    /// Denying is no reason to start a program: whoever was asked may not even know it.
    fn opens_by_itself(&self) -> bool {
        self.is_allowed() && !self.is_unknown()
    }

    fn is_unknown(&self) -> bool {
        matches!(self.app, Opened::Unknown(_))
    }

    /// To follow "Open".
    fn name(&self) -> String {
        match self.app {
            Opened::Known(name) => name.to_owned(),
            Opened::Owned(_) | Opened::Unknown(_) => "your app".to_owned(),
        }
    }

    /// The scheme, where it is all that is known.
    fn scheme(&self) -> Option<&str> {
        match self.app {
            Opened::Known(_) => None,
            Opened::Owned(scheme) | Opened::Unknown(scheme) => Some(scheme),
        }
    }
}

impl Page for FinishPage<'_> {
    fn title(&self) -> &'static str {
        if self.is_allowed() { "Connected" } else { "Denied" }
    }

    fn opens(&self) -> Option<&str> {
        self.opens_by_itself().then_some(self.url)
    }
}
