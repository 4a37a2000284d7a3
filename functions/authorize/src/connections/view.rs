//! What have I connected: the list, and the pages that say what was ended. The list has a section for each kind of
//! connection.

use askama::Template;
use shared::store::SignedInAs;
use shared::web::page::{Page, display_name};

use super::moment::Moment;
use crate::signed_in;

/// An app that has access.
#[derive(Debug, Clone)]
pub(crate) struct ConnectionRow {
    /// The client's name, as it registered itself.
    pub client_name: String,
    /// Where its codes go, in full.
    pub host: String,
    /// The workspace that it may use.
    pub workspace: String,
    /// What it may do, in a few words each.
    pub scopes: Vec<&'static str>,
    /// When the person allowed it.
    pub since: Moment,
    /// When it last used its access, as far as that is recorded.
    pub last_used: Option<Moment>,
    /// How many holders of its token there are.
    pub places: usize,
    /// For the form that ends it.
    pub ticket: String,
}

impl ConnectionRow {
    fn client(&self) -> String {
        display_name(&self.client_name)
    }

    fn workspace(&self) -> String {
        display_name(&self.workspace)
    }

    fn scopes(&self) -> String {
        self.scopes.join(", ")
    }
}

/// An app that had access.
#[derive(Debug, Clone)]
pub(crate) struct EndedRow {
    /// The client's name, as it registered itself.
    pub client_name: String,
    /// Where its codes went, in full.
    pub host: String,
    /// Why it has none any more, in a sentence.
    pub reason: &'static str,
    /// Since when.
    pub at: Option<Moment>,
}

impl EndedRow {
    fn client(&self) -> String {
        display_name(&self.client_name)
    }
}

/// The list.
#[derive(Debug, Clone, Template)]
#[template(path = "connections.html")]
pub(crate) struct ConnectionsPage<'a> {
    /// Who looks at it.
    pub signed_in: &'a SignedInAs,
    /// Apps that have access, newest first.
    pub connections: Vec<ConnectionRow>,
    /// Apps that had access, newest first.
    pub ended: Vec<EndedRow>,
    /// For the forms that are about all of it.
    pub ticket: &'a str,
    /// Whether the list begins here.
    pub is_first: bool,
    /// Where the list goes on.
    pub next: Option<String>,
    /// The id that this request has in the log.
    pub request_id: &'a str,
}

impl ConnectionsPage<'_> {
    fn who(&self) -> (&'static str, String) {
        signed_in::who(self.signed_in)
    }

    fn is_whole(&self) -> bool {
        self.is_first && self.next.is_none()
    }

    /// A part of the list without a living connection tells nothing of the other parts.
    fn offers_end_all(&self) -> bool {
        !self.connections.is_empty() || !self.is_whole()
    }
}

impl Page for ConnectionsPage<'_> {
    fn title(&self) -> &'static str {
        "Your connections"
    }
}

/// Says that one connection is over.
#[derive(Debug, Clone, Template)]
#[template(path = "connection-ended.html")]
pub(crate) struct EndedPage<'a> {
    /// The connection, as long as the store keeps it.
    pub connection: Option<&'a EndedRow>,
    /// The id that this request has in the log.
    pub request_id: &'a str,
}

impl Page for EndedPage<'_> {
    fn title(&self) -> &'static str {
        "Connection ended"
    }
}

/// Says that all connections are over, or the first of very many.
#[derive(Debug, Clone, Template)]
#[template(path = "connections-ended.html")]
pub(crate) struct EndedAllPage<'a> {
    /// How many were ended.
    pub count: usize,
    /// For the form that goes on with the others.
    pub rest: Option<&'a str>,
    /// The id that this request has in the log.
    pub request_id: &'a str,
}

impl Page for EndedAllPage<'_> {
    fn title(&self) -> &'static str {
        if self.rest.is_some() { "Not all are ended yet" } else { "All connections ended" }
    }
}

#[cfg(test)]
#[path = "view_tests.rs"]
mod tests;
