//! The list of connections, with a section for each kind, and the pages that confirm the end of a connection.

use askama::Template;
use shared::store::SignedInAs;
use shared::web::page::{Page, display_name};

use super::moment::Moment;
use crate::signed_in;

/// An app that has access.
#[derive(Debug, Clone)]
pub(crate) struct ConnectionRow {
    /// The host of the client's document, if it has one.
    pub client_host: Option<String>,
    /// The client's name, which it chose itself.
    pub client_name: String,
    /// The redirect destination of its codes, in full.
    pub host: String,
    /// The Agent Server whose agents alone it may run.
    pub agent_server: Option<String>,
    /// The workspace that it may access.
    pub workspace: String,
    /// A short description of each granted scope.
    pub scopes: Vec<&'static str>,
    /// When the person gave consent.
    pub since: Moment,
    /// Its last recorded use.
    pub last_used: Option<Moment>,
    /// How many holders of the grant's token there are.
    pub places: usize,
    /// The ticket of the form that ends the connection.
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

/// A server to which the person can connect.
#[derive(Debug, Clone)]
pub(crate) struct ServerRow {
    /// Its name.
    pub name: String,
    /// The host to which the key goes.
    pub host: String,
    /// When the person connected.
    pub since: Option<Moment>,
    /// What is wrong with the form that was submitted for it.
    pub problem: Option<&'static str>,
    /// The ticket of its forms.
    pub ticket: String,
}

/// An app that had access.
#[derive(Debug, Clone)]
pub(crate) struct EndedRow {
    /// The host of the client's document, if it has one.
    pub client_host: Option<String>,
    /// The client's name, which it chose itself.
    pub client_name: String,
    /// The redirect destination of its codes, in full.
    pub host: String,
    /// Why the access ended, in a sentence.
    pub reason: &'static str,
    /// When the access ended.
    pub at: Option<Moment>,
}

impl EndedRow {
    fn client(&self) -> String {
        display_name(&self.client_name)
    }
}

/// The page with the list of connections.
#[derive(Debug, Clone, Template)]
#[template(path = "connections.html")]
pub(crate) struct ConnectionsPage<'a> {
    /// The person who is signed in.
    pub signed_in: &'a SignedInAs,
    /// Apps that have access, newest first.
    pub connections: Vec<ConnectionRow>,
    /// Servers that want a key or token of the person.
    pub servers: Vec<ServerRow>,
    /// Apps that had access, newest first.
    pub ended: Vec<EndedRow>,
    /// The ticket of the forms that concern all connections.
    pub ticket: &'a str,
    /// Whether this is the first page of the list.
    pub is_first: bool,
    /// The address of the next page, if any.
    pub next: Option<String>,
    /// The id of this request in the log.
    pub request_id: &'a str,
}

impl ConnectionsPage<'_> {
    fn who(&self) -> (&'static str, String) {
        signed_in::who(self.signed_in)
    }

    fn is_whole(&self) -> bool {
        self.is_first && self.next.is_none()
    }

    /// Also without a live connection on this page, if there are other pages: they may have some.
    fn offers_end_all(&self) -> bool {
        !self.connections.is_empty() || !self.is_whole()
    }
}

impl Page for ConnectionsPage<'_> {
    fn title(&self) -> &'static str {
        "Your connections"
    }
}

/// Confirms that one connection has ended.
#[derive(Debug, Clone, Template)]
#[template(path = "connection-ended.html")]
pub(crate) struct EndedPage<'a> {
    /// The ended connection, unless the store has deleted it.
    pub connection: Option<&'a EndedRow>,
    /// The id of this request in the log.
    pub request_id: &'a str,
}

impl Page for EndedPage<'_> {
    fn title(&self) -> &'static str {
        "Connection ended"
    }
}

/// Confirms that all connections have ended, or the first batch of very many.
#[derive(Debug, Clone, Template)]
#[template(path = "connections-ended.html")]
pub(crate) struct EndedAllPage<'a> {
    /// How many connections were ended.
    pub count: usize,
    /// The ticket of the form that ends the remaining ones.
    pub rest: Option<&'a str>,
    /// The id of this request in the log.
    pub request_id: &'a str,
}

impl Page for EndedAllPage<'_> {
    fn title(&self) -> &'static str {
        if self.rest.is_some() { "Not all have ended yet" } else { "All connections ended" }
    }
}

#[cfg(test)]
#[path = "view_tests.rs"]
mod tests;
