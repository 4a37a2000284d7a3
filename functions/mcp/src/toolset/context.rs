//! The context of a call: the caller, LangSmith on the caller's behalf, and the receiver of progress reports.

use std::sync::OnceLock;

use http::HeaderMap;
use langsmith::{DataPlane, LangSmith, ListedDataPlanes, ResolvedNames, UpstreamError, WorkspaceClient};
use primitives::deadline::Deadline;
use primitives::ids::WorkspaceId;
use serde_json::value::RawValue;

use super::{Input, Progress, ToolError};
use crate::auth::{CallerIdentity, WorkspaceAccess};

/// The context of one call.
pub struct Context<'a> {
    langsmith: &'a LangSmith,
    deadline: Deadline,
    identity: &'a CallerIdentity,
    capabilities: Option<&'a RawValue>,
    input: Option<Input<'a>>,
    trace: HeaderMap,
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
        Self {
            langsmith,
            deadline,
            identity,
            capabilities,
            input: None,
            trace: HeaderMap::new(),
            progress,
            resolved,
            data_plane,
        }
    }

    /// The same context, with `progress` as the receiver of the reports.
    pub(crate) fn reporting(self, progress: Progress<'a>) -> Self {
        Self { progress, ..self }
    }

    /// The same context, with the client's input.
    pub(crate) fn with_input(self, input: Option<Input<'a>>) -> Self {
        Self { input, ..self }
    }

    /// The client's input, if the call is one that required it before.
    pub fn input(&self) -> Option<Input<'a>> {
        self.input
    }

    /// The same context, with the headers that name the request's trace.
    pub(crate) fn traced(self, trace: HeaderMap) -> Self {
        Self { trace, ..self }
    }

    /// The headers that name the trace of the request, for a backend that traces its work.
    pub fn trace(&self) -> &HeaderMap {
        &self.trace
    }

    /// The time by which the call must have an output; the caller is told then that the tool was too slow. A call that
    /// has reported no progress ends after the 25 seconds of its request.
    pub fn deadline(&self) -> Deadline {
        self.deadline
    }

    /// The receiver of the tool's progress reports.
    pub fn progress(&self) -> Progress<'a> {
        self.progress
    }

    /// The caller. A set that keeps data of a caller must key it by the caller's credential and workspace.
    pub fn identity(&self) -> &'a CallerIdentity {
        self.identity
    }

    /// The client's declared capabilities (MCP 2026-07-28 `clientCapabilities`); absent for legacy clients.
    pub fn client_capabilities(&self) -> Option<&'a RawValue> {
        self.capabilities
    }

    /// The workspace of a call, given its `workspace_id` argument. Consent is the limit: a workspace outside of it is
    /// refused here, whatever the credential could reach.
    pub(crate) fn workspace(&self, argument: Option<WorkspaceId>) -> Result<Option<WorkspaceId>, ToolError> {
        match &self.identity.workspace {
            WorkspaceAccess::One(own) => match argument {
                Some(other) if other.as_str() != own.as_str() => Err(ToolError::forbidden(
                    "The login does not cover this workspace_id; list_workspaces lists those that it covers. \
                     Log in again and choose it, or leave workspace_id out.",
                )),
                _ => Ok(Some(own.clone())),
            },
            WorkspaceAccess::All { default } => Ok(argument.or_else(|| default.clone())),
            WorkspaceAccess::KeyDefault { header } => Ok(argument.or_else(|| header.clone())),
        }
    }

    /// The only workspace of the consent, if it is limited to one.
    pub(crate) fn only_workspace(&self) -> Option<&'a WorkspaceId> {
        match &self.identity.workspace {
            WorkspaceAccess::One(own) => Some(own),
            WorkspaceAccess::All { .. } | WorkspaceAccess::KeyDefault { .. } => None,
        }
    }

    /// The host of a workspace's data, as the caller sees it: its data plane, or LangSmith itself.
    pub(crate) async fn caller_at_data<'b>(
        &'b self,
        workspace: Option<&'b WorkspaceId>,
    ) -> Result<WorkspaceClient<'b>, UpstreamError> {
        let caller = self.caller(workspace);
        let found = caller.data_plane(self.kept_data_planes(workspace)).await?;
        // A call concerns one workspace.
        let data_plane = self.data_plane.get_or_init(|| found);
        Ok(caller.at(data_plane.as_ref()))
    }

    /// The data planes read at login, if they answer for this workspace: one created after the login may have a data
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

    /// Whether the request went to LangSmith itself: acceptance by a data plane says nothing about LangSmith.
    pub(crate) fn is_at_langsmith(&self) -> bool {
        !matches!(self.data_plane.get(), Some(Some(_)))
    }

    /// The same failure; the backend's own with the origin of the data plane.
    pub(crate) fn located(&self, error: ToolError) -> ToolError {
        match self.data_plane.get() {
            Some(Some(data_plane)) if error.is_from_backend() => {
                error.with(&format!("The workspace's data is at its data plane, {}.", data_plane.origin()))
            }
            _ => error,
        }
    }

    /// LangSmith as the caller sees it, for data of the organization.
    pub(crate) fn caller<'b>(&'b self, workspace: Option<&'b WorkspaceId>) -> WorkspaceClient<'b> {
        let caller = self.langsmith.caller_until(self.deadline, &self.identity.credential, workspace);
        caller.noting(&self.resolved)
    }
}
