//! The choices from the consent form, limited to the options that the page offered.

use oauth::grant::WorkspaceChoice;
use oauth::scope::{Scope, ScopeSet};
use primitives::ids::WorkspaceId;

use super::offered::{Tools, offered_scopes};
use super::view::Missing;
use crate::form::Form;
use crate::{Deps, ticket};

/// The form value for "all workspaces".
const ALL: &str = "*";

/// The choices so far; empty when the page is first shown.
#[derive(Debug, Default)]
pub(crate) struct Choices {
    workspace: Option<WorkspaceChoice>,
    /// `None` for the page's default checkboxes.
    scopes: Option<ScopeSet>,
    /// The required fields that were empty when Allow was pressed.
    pub(super) missing: Missing,
}

impl Choices {
    /// Reads the choices from the form. Anything that the page did not offer counts as not chosen.
    pub(super) fn of(deps: &Deps, ticket: &ticket::Consent, form: &Form) -> Self {
        let tools = Tools::of(deps, ticket.workspaces.iter().map(|offered| offered.1));
        let asked = offered_scopes(&ticket.request, tools);
        let scopes = ScopeSet::parse_known(&form.scopes.join(" ")).intersect(asked);
        let offered = |id: &WorkspaceId| ticket.workspaces.iter().any(|workspace| workspace.0 == *id);
        let workspace = match form.workspace.as_deref() {
            None => None,
            Some(ALL) => Some(WorkspaceChoice::All {
                default: ticket
                    .preferred
                    .clone()
                    .filter(offered)
                    .or_else(|| ticket.workspaces.first().map(|workspace| workspace.0.clone())),
            }),
            Some(id) => Some(WorkspaceId::new(id)).filter(offered).map(|id| WorkspaceChoice::One { id }),
        };
        Self { workspace, scopes: Some(scopes), missing: Missing::default() }
    }

    /// The complete choices, or the incomplete ones with the missing fields marked.
    pub(super) fn complete(mut self) -> Result<(WorkspaceChoice, ScopeSet), Self> {
        let scopes = self.scopes.filter(|scopes| *scopes != ScopeSet::EMPTY);
        match (self.workspace.take(), scopes) {
            (Some(workspace), Some(scopes)) => Ok((workspace, scopes)),
            (workspace, scopes) => {
                let missing = Missing { workspace: workspace.is_none(), scope: scopes.is_none() };
                Err(Self { workspace, missing, ..self })
            }
        }
    }

    /// Whether the page shows this scope checked.
    pub(super) fn ticked(&self, scope: Scope) -> bool {
        self.scopes.map_or(scope.is_checked_at_first(), |scopes| scopes.contains(scope))
    }

    /// Whether all workspaces are chosen.
    pub(super) const fn is_all(&self) -> bool {
        matches!(self.workspace, Some(WorkspaceChoice::All { .. }))
    }

    /// Whether this workspace is the chosen one.
    pub(super) fn is_one(&self, workspace: &WorkspaceId) -> bool {
        matches!(&self.workspace, Some(WorkspaceChoice::One { id }) if id == workspace)
    }
}
