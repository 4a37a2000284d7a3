//! May this app act for you, where, and in what: the page whose Allow mints the code.
//!
//! What it must show (client, scopes, redirect host, a warning for loopback) is the MCP specification's list for consent
//! pages; names are what clients say of themselves, so the redirect host is what a careful reader can go by.
//!
//! No single action grants: a workspace has to be chosen first, even a sole one, because a double click can be made to
//! fall on Allow unseen. Nor does Enter: a form's first button is what Enter presses, and ours sends no decision, so
//! that the page comes back as it was. It must not be disabled: on a checkbox or a radio button Chromium passes a
//! disabled one over, and would press the next, which signs the person out.

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
    /// Whether the person has chosen it before the page came back.
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
    /// What it allows, in a few words.
    pub title: &'a str,
    /// What that means, in plain words.
    pub text: &'a str,
    /// Whether it is checked.
    pub checked: bool,
}

/// What was not chosen when Allow was pressed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Missing {
    /// No workspace.
    pub workspace: bool,
    /// No scope.
    pub scope: bool,
}

/// Asks for one decision; both answers post the same form.
#[derive(Debug, Clone, Template)]
#[template(path = "consent.html")]
pub(crate) struct ConsentPage<'a> {
    /// The client's name, as it registered itself.
    pub client_name: &'a str,
    /// The host of the client's home page, as it registered it.
    pub client_uri_host: Option<&'a str>,
    /// Where the code goes.
    pub destination: &'a DisplayedDestination,
    /// Who is signed in.
    pub signed_in: &'a SignedInAs,
    /// The host of the LangSmith that they signed in at.
    pub langsmith_host: &'a str,
    /// The workspaces that they can open, sorted.
    pub workspaces: &'a [WorkspaceOption<'a>],
    /// Whether they can open more than these.
    pub unlisted: bool,
    /// Whether the person has chosen all (`workspace=*`) before the page came back.
    pub all_chosen: bool,
    /// The scopes asked for, in the order to show them.
    pub scopes: &'a [ScopeOption<'a>],
    /// What the person has to choose before they can allow anything.
    pub missing: Missing,
    /// The pending login that this decides; also the form's protection against forged posts.
    pub ticket: &'a str,
    /// The id that this request has in the log.
    pub request_id: &'a str,
    /// Minutes until the ticket expires.
    pub expires_minutes: u64,
    /// Days without use after which the access ends.
    pub idle_days: u64,
    /// Days after which it ends in any case.
    pub most_days: u64,
}

/// So many workspaces are listed at once; the others unfold.
const AT_ONCE: usize = 6;

impl<'a> ConsentPage<'a> {
    fn client(&self) -> String {
        display_name(self.client_name)
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

    /// One workspace more is not worth folding away.
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

    /// The focus goes to the first choice of the first field that lacks one.
    fn focus_workspace(&self) -> bool {
        self.missing.workspace && !self.missing.scope
    }
}

impl Page for ConsentPage<'_> {
    fn title(&self) -> &'static str {
        if self.missing == Missing::default() { "Allow access" } else { "Error: Allow access" }
    }

    /// To the client, which may send the browser on.
    fn forms(&self) -> Forms {
        Forms::Away
    }
}

#[cfg(test)]
#[path = "view_tests.rs"]
mod tests;
