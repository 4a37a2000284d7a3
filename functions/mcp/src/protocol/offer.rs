//! The offer for one request: everything, or the tools that it selects.

use std::borrow::Cow;

use serde_json::Value;
use shared::mcp::selection::ToolSelection;

use super::{Documents, Era};

/// The documents for a request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Offer<'a> {
    documents: &'a Documents,
    selection: Option<&'a ToolSelection>,
}

impl<'a> Offer<'a> {
    pub(crate) fn new(documents: &'a Documents, selection: &'a ToolSelection) -> Self {
        Self { documents, selection: Some(selection).filter(|selection| !selection.is_everything()) }
    }

    /// `server/discover`.
    pub(crate) fn discover(self) -> Cow<'a, str> {
        match self.selection {
            None => Cow::Borrowed(&self.documents.discover),
            Some(selection) => Cow::Owned(self.documents.selected_discover(selection)),
        }
    }

    /// Whether calls may become tasks.
    pub(crate) fn has_tasks(self) -> bool {
        self.documents.has_tasks(self.selection)
    }

    /// `tools/list`, unless named sets must be asked for their tools.
    pub(crate) fn tools(self, era: Era) -> Option<Cow<'a, str>> {
        if self.documents.has_named_sets {
            return None;
        }
        Some(match (self.selection, era) {
            (None, Era::Modern) => Cow::Borrowed(&self.documents.modern_tools),
            (None, Era::Legacy) => Cow::Borrowed(&self.documents.legacy_tools),
            (Some(selection), era) => Cow::Owned(self.documents.selected_tools(era, selection)),
        })
    }

    /// `initialize`, answered with a revision that has a handshake.
    pub(crate) fn initialize(self, requested: Option<&str>) -> Value {
        self.documents.initialize(requested, self.selection)
    }
}
