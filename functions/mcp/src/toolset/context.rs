//! What a tool may use: LangSmith on behalf of the caller of this one request.

use std::sync::OnceLock;

use serde_json::value::RawValue;
use shared::deadline::Deadline;
use shared::ids::WorkspaceId;
use shared::langsmith::{Caller, DataPlane, LangSmith, ListedDataPlanes, ResolvedNames, UpstreamError};

use super::{Progress, ToolError};
use crate::auth::{CallerIdentity, WorkspaceAccess};

/// The surroundings of one call.
pub struct Context<'a> {
    langsmith: &'a LangSmith,
    deadline: Deadline,
    identity: &'a CallerIdentity,
    capabilities: Option<&'a RawValue>,
    progress: Progress<'a>,
    resolved: ResolvedNames,
    data_plane: OnceLock<Option<DataPlane>>,
}

impl<'a> Context<'a> {
    pub(crate) fn new(
        (langsmith, deadline): (&'a LangSmith, Deadline),
        identity: &'a CallerIdentity,
        capabilities: Option<&'a RawValue>,
    ) -> Self {
        let (resolved, data_plane) = (ResolvedNames::default(), OnceLock::new());
        let progress = Progress::new(None, None);
        Self { langsmith, deadline, identity, capabilities, progress, resolved, data_plane }
    }

    /// The same, where `progress` takes the reports.
    pub(crate) fn reporting(self, progress: Progress<'a>) -> Self {
        Self { progress, ..self }
    }

    /// Takes what the tool reports while it works.
    pub fn progress(&self) -> Progress<'a> {
        self.progress
    }

    /// Who calls. What a set keeps of a caller's it keeps under the caller's credential and workspace.
    pub fn identity(&self) -> &'a CallerIdentity {
        self.identity
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
                    "The login does not cover this workspace_id; list_workspaces tells what it covers. Log in again and choose it, or \
leave workspace_id out.",
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

    /// Where a workspace's data is, as the caller sees it: its data plane, or LangSmith itself.
    pub(crate) async fn caller_at_data<'b>(
        &'b self,
        workspace: Option<&'b WorkspaceId>,
    ) -> Result<Caller<'b>, UpstreamError> {
        let caller = self.caller(workspace);
        let found = caller.data_plane(self.kept_data_planes(workspace)).await?;
        // A call is about one workspace.
        let data_plane = self.data_plane.get_or_init(|| found);
        Ok(caller.at(data_plane.as_ref()))
    }

    /// What was read at the login, if it says something about this workspace: a later one than the login's may have a data
    /// plane, too.
    fn kept_data_planes(&self, workspace: Option<&WorkspaceId>) -> Option<&'a ListedDataPlanes> {
        let (kept, workspace) = (self.identity.data_planes.as_ref()?, workspace?);
        let offered = match &self.identity.workspace {
            WorkspaceAccess::One(own) => own == workspace,
            WorkspaceAccess::All { default } => default.as_ref() == Some(workspace),
            WorkspaceAccess::KeyDefault { .. } => false,
        };
        (offered || kept.names(workspace)).then_some(kept)
    }

    /// Whether LangSmith itself was asked for what was asked: what a data plane accepts says nothing of LangSmith.
    pub(crate) fn is_at_langsmith(&self) -> bool {
        !matches!(self.data_plane.get(), Some(Some(_)))
    }

    /// A failure, with the data plane that it is of.
    pub(crate) fn located(&self, error: ToolError) -> ToolError {
        match self.data_plane.get() {
            Some(Some(data_plane)) if error.is_of_the_far_side() => {
                error.with(&format!("The workspace's data is at its data plane, {}.", data_plane.shown()))
            }
            _ => error,
        }
    }

    /// LangSmith as the caller sees it, for what belongs to the organization.
    pub(crate) fn caller<'b>(&'b self, workspace: Option<&'b WorkspaceId>) -> Caller<'b> {
        let caller = self.langsmith.caller_until(self.deadline, &self.identity.credential, workspace);
        caller.noting(&self.resolved)
    }
}
