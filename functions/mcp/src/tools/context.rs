//! What a tool may use: LangSmith on behalf of the caller of this one request.

use serde_json::value::RawValue;
use shared::deadline::Deadline;
use shared::ids::WorkspaceId;
use shared::langsmith::{Caller, LangSmith, ResolvedNames};

use super::ToolError;
use crate::auth::{CallerIdentity, WorkspaceAccess};

/// The surroundings of one call.
pub struct Context<'a> {
    langsmith: &'a LangSmith,
    deadline: Deadline,
    identity: &'a CallerIdentity,
    capabilities: Option<&'a RawValue>,
    resolved: ResolvedNames,
}

impl<'a> Context<'a> {
    pub(crate) fn new(
        (langsmith, deadline): (&'a LangSmith, Deadline),
        identity: &'a CallerIdentity,
        capabilities: Option<&'a RawValue>,
    ) -> Self {
        Self { langsmith, deadline, identity, capabilities, resolved: ResolvedNames::default() }
    }

    /// What the client declared that it can do (MCP 2026-07-28 `clientCapabilities`); absent for legacy clients.
    pub fn client_capabilities(&self) -> Option<&'a RawValue> {
        self.capabilities
    }

    /// The workspace that a call works in, given its `workspace_id` argument. Consent is the limit: a workspace that it
    /// does not cover is refused here, whatever the credential could reach.
    pub(crate) fn workspace(&self, argument: Option<WorkspaceId>) -> Result<Option<WorkspaceId>, ToolError> {
        match &self.identity.workspace {
            WorkspaceAccess::One(own) => match argument {
                Some(other) if other.as_str() != own.as_str() => Err(ToolError::forbidden(
                    "The login does not cover this workspace_id. Log in again and choose it, or leave workspace_id out.",
                )),
                _ => Ok(Some(own.clone())),
            },
            WorkspaceAccess::All { default } => Ok(argument.or_else(|| default.clone())),
            WorkspaceAccess::KeyDefault { header } => Ok(argument.or_else(|| header.clone())),
        }
    }

    /// The workspace that consent is limited to, if it is limited to one.
    pub(crate) fn only_workspace(&self) -> Option<&'a WorkspaceId> {
        match &self.identity.workspace {
            WorkspaceAccess::One(own) => Some(own),
            WorkspaceAccess::All { .. } | WorkspaceAccess::KeyDefault { .. } => None,
        }
    }

    /// LangSmith as the caller sees it, in one workspace.
    pub(crate) fn caller<'b>(&'b self, workspace: Option<&'b WorkspaceId>) -> Caller<'b> {
        let caller = self.langsmith.caller_until(self.deadline, &self.identity.credential, workspace);
        caller.noting(&self.resolved)
    }
}
