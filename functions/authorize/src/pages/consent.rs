//! May this app act for you, where, and in what: the page whose Allow mints the code.
//!
//! What it must show (client, scopes, redirect host, a warning for loopback) is the MCP specification's list for consent
//! pages; names are what clients say of themselves, so the redirect host is what a careful reader can go by.

use askama::Template;
use shared::store::SignedInAs;
use shared::web::page::{FormTarget, Page, display_name};

use super::signed_in;

/// A workspace that the person may choose.
#[derive(Debug, Clone)]
pub(crate) struct WorkspaceOption<'a> {
    /// The value of `workspace` when chosen.
    pub id: &'a str,
    /// The workspace's display name.
    pub name: &'a str,
    /// Its short name in LangSmith's addresses, if it has one.
    pub handle: Option<&'a str>,
    /// Whether it is chosen at first.
    pub selected: bool,
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
    /// Whether it is checked at first.
    pub checked: bool,
}

/// Asks for one decision; both answers post the same form.
#[derive(Debug, Clone, Template)]
#[template(path = "consent.html")]
pub(crate) struct ConsentPage<'a> {
    /// The client's name, as it registered itself.
    pub client_name: &'a str,
    /// The host of the client's home page, as it registered it.
    pub client_uri_host: Option<&'a str>,
    /// Where the code goes, in full: `claude.ai`, `127.0.0.1:33418`, "the app that opens cursor: links".
    pub redirect_host: &'a str,
    /// Whether that is a program on the person's own computer.
    pub loopback: bool,
    /// Who is signed in.
    pub signed_in: &'a SignedInAs,
    /// The workspaces that they can open.
    pub workspaces: &'a [WorkspaceOption<'a>],
    /// Whether they can open more than these.
    pub unlisted: bool,
    /// Whether "all" is offered (as `workspace=*`).
    pub all_workspaces: bool,
    /// The scopes asked for, in the order to show them.
    pub scopes: &'a [ScopeOption<'a>],
    /// The pending login that this decides; also the form's protection against forged posts.
    pub ticket: &'a str,
    /// The id that this request has in the log.
    pub request_id: &'a str,
    /// Minutes until the ticket expires.
    pub expires_minutes: u64,
    /// Where Allow and Deny redirect to: the client's redirect URI.
    pub form_targets: &'a [FormTarget],
}

/// More workspaces than this scroll in a box of their own, so that the buttons stay within reach.
const MANY: usize = 6;

impl ConsentPage<'_> {
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
        self.all_workspaces && self.workspaces.len() > 1
    }

    fn many(&self) -> bool {
        self.workspaces.len() > MANY
    }
}

impl Page for ConsentPage<'_> {
    fn title(&self) -> &'static str {
        "Allow access"
    }

    fn form_targets(&self) -> &[FormTarget] {
        self.form_targets
    }
}
