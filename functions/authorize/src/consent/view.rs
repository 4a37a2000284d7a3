//! The consent page, which asks whether an app may act for the person, where and with which scopes. Its Allow mints the
//! code.
//!
//! Its required content (client, scopes, redirect host, a warning for loopback) is the MCP specification's list for
//! consent pages. Clients choose their own names, so the redirect host is what a careful reader can rely on, and the host
//! of the client's document if it has one. The latter stands before the name. It proves nothing about a program on the
//! person's own computer, and the page says so.
//!
//! No single action grants access. A workspace has to be chosen first, even if there is only one, because clickjacking
//! can place a double click on Allow. Nor does Enter: it activates a form's first button, and ours submits no decision,
//! so that the page comes back unchanged. That button must not be disabled: on a checkbox or a radio button Chromium
//! skips a disabled one and would press the next, which signs the person out.

use askama::Template;
use shared::store::SignedInAs;
use shared::web::page::{Forms, Page, display_name};

use crate::destination::DisplayedDestination;
use crate::signed_in;

/// A workspace that the person may choose.
#[derive(Debug, Clone)]
pub(crate) struct WorkspaceOption<'a> {
    /// The value of `workspace` when chosen.
    pub id: &'a str,
    /// The workspace's display name.
    pub name: &'a str,
    /// Its short name in LangSmith's addresses, if it has one.
    pub handle: Option<&'a str>,
    /// Whether it was chosen before the page came back.
    pub chosen: bool,
}

impl WorkspaceOption<'_> {
    fn name(&self) -> String {
        display_name(self.name)
    }

    fn handle(&self) -> Option<String> {
        self.handle
            .filter(|handle| !handle.is_empty() && !handle.eq_ignore_ascii_case(self.name))
            .map(display_name)
    }
}

/// A scope that the client asks for.
#[derive(Debug, Clone)]
pub(crate) struct ScopeOption<'a> {
    /// The value of `scope` when checked.
    pub id: &'a str,
    /// A short title of what it allows.
    pub title: &'a str,
    /// Its meaning, in plain words.
    pub text: &'a str,
    /// Whether it is checked.
    pub checked: bool,
}

/// The required fields that were empty when Allow was pressed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Missing {
    /// No workspace was chosen.
    pub workspace: bool,
    /// No scope was chosen.
    pub scope: bool,
}

/// How the client is known.
#[derive(Debug, Clone)]
pub(crate) enum Origin {
    /// It registered, and may have named its home page. Nothing about it is verified.
    Registered {
        /// The host of that page.
        claimed_host: Option<String>,
    },
    /// It has a document. The document's host is verified, but not that the program which refers to it belongs to it.
    Document(DisplayedDestination),
}

/// The consent page. Allow and Deny submit the same form.
#[derive(Debug, Clone, Template)]
#[template(path = "consent.html")]
pub(crate) struct ConsentPage<'a> {
    /// The client's name, which it chose itself.
    pub client_name: &'a str,
    /// How the client is known.
    pub origin: &'a Origin,
    /// The destination of the code.
    pub destination: &'a DisplayedDestination,
    /// Who is signed in.
    pub signed_in: &'a SignedInAs,
    /// The host of the LangSmith where they signed in.
    pub langsmith_host: &'a str,
    /// The workspaces offered, sorted.
    pub workspaces: &'a [WorkspaceOption<'a>],
    /// Whether they have access to more workspaces than are listed.
    pub unlisted: bool,
    /// Whether "all workspaces" (`workspace=*`) was chosen before the page came back.
    pub all_chosen: bool,
    /// The requested scopes, in display order.
    pub scopes: &'a [ScopeOption<'a>],
    /// The Agent Server whose agents alone the access is for.
    pub agent_server: Option<&'a str>,
    /// The choice that is missing before access can be allowed.
    pub missing: Missing,
    /// The ticket of the pending request; also the form's CSRF protection.
    pub ticket: &'a str,
    /// The id of this request in the log.
    pub request_id: &'a str,
    /// Minutes until the ticket expires.
    pub expires_minutes: u64,
    /// Days of inactivity after which the access ends.
    pub idle_days: u64,
    /// Days after which the access ends in any case.
    pub most_days: u64,
}

/// How many workspaces are visible at first; the others unfold.
const AT_ONCE: usize = 6;

impl<'a> ConsentPage<'a> {
    fn client(&self) -> String {
        display_name(self.client_name)
    }

    /// The host of the client's document, if it has one.
    const fn document(&self) -> Option<&DisplayedDestination> {
        match self.origin {
            Origin::Document(host) => Some(host),
            Origin::Registered { .. } => None,
        }
    }

    /// The host to which the client says that it belongs.
    fn claimed_host(&self) -> Option<&str> {
        match self.origin {
            Origin::Document(_) => None,
            Origin::Registered { claimed_host } => claimed_host.as_deref(),
        }
    }

    fn user(&self) -> (&'static str, String) {
        signed_in::who(self.signed_in)
    }

    fn organization(&self) -> Option<String> {
        self.signed_in.organization.as_deref().map(display_name)
    }

    fn offers_all(&self) -> bool {
        self.workspaces.len() > 1
    }

    /// A single extra workspace is not folded away.
    fn folded_from(&self) -> usize {
        if self.workspaces.len() > AT_ONCE + 1 { AT_ONCE } else { self.workspaces.len() }
    }

    fn first(&self) -> &'a [WorkspaceOption<'a>] {
        self.workspaces.get(..self.folded_from()).unwrap_or(self.workspaces)
    }

    fn folded(&self) -> &'a [WorkspaceOption<'a>] {
        self.workspaces.get(self.folded_from()..).unwrap_or_default()
    }

    fn unfolded(&self) -> bool {
        self.folded().iter().any(|workspace| workspace.chosen)
    }

    /// The first option of the first incomplete field gets the focus.
    fn focus_workspace(&self) -> bool {
        self.missing.workspace && !self.missing.scope
    }
}

impl Page for ConsentPage<'_> {
    fn title(&self) -> &'static str {
        if self.missing == Missing::default() { "Allow access" } else { "Error: Allow access" }
    }

    /// The response goes to the client, which may redirect the browser further.
    fn forms(&self) -> Forms {
        Forms::Away
    }
}

#[cfg(test)]
#[path = "view_tests.rs"]
mod tests;
