//! Selects the data plane of a call.

use std::sync::Arc;
use std::time::Duration;

use primitives::ids::WorkspaceId;
use serde::Deserialize;

use super::list::{Common, List, Reach};
use super::listed::Known;
use super::{DataPlane, ListedDataPlanes};
use crate::{RequestBudget, UpstreamError, Workspace, WorkspaceClient};

/// How long to wait for LangSmith when the call can do without its answer.
pub(super) const WAIT: Duration = Duration::from_secs(3);

const DIFFERS: &str = "has the data of the credential's workspaces in different places: pass workspace_id";

/// The default workspace of a credential (`GET /api/v1/settings`).
#[derive(Deserialize)]
struct Current {
    id: WorkspaceId,
}

impl WorkspaceClient<'_> {
    /// The data plane of the caller's workspace; `None` if its data is at LangSmith itself. `kept` is the list read at
    /// the caller's login, if it contains the workspace. LangSmith is asked only if neither `kept` nor memory has the
    /// answer.
    ///
    /// If LangSmith does not show its list, the credential has no data plane that could be known.
    pub async fn data_plane(
        &self,
        kept: Option<&ListedDataPlanes>,
    ) -> Result<Option<DataPlane>, UpstreamError> {
        let known = match self.workspace() {
            Some(workspace) => self.place_of(workspace, kept).await?,
            None => self.common_place().await?,
        };
        match known {
            Known::LangSmith => Ok(None),
            Known::At(address) => {
                let data_plane = self.langsmith().data_planes.at(self.workspace(), &address);
                data_plane.map_err(|error| {
                    self.doubt_data_planes();
                    tracing::warn!(%error, "a workspace cannot be served");
                    UpstreamError::DataPlane(Box::new(error))
                })
            }
        }
    }

    async fn place_of(
        &self,
        workspace: &WorkspaceId,
        kept: Option<&ListedDataPlanes>,
    ) -> Result<Known, UpstreamError> {
        if let Some(known) = self.known_place(workspace, kept) {
            return Ok(known);
        }
        let last = self.last_place(workspace, kept);
        self.or_last(last, self.read_place(workspace, kept)).await
    }

    /// The last known location of a workspace: from the lists read since the login, or from the one read at it.
    fn last_place(&self, workspace: &WorkspaceId, kept: Option<&ListedDataPlanes>) -> Option<Known> {
        let list = self.memory().data_planes.last(&self.credential().fingerprint());
        match (list.and_then(|list| list.dated_location(workspace)), kept) {
            (Some((_, at)), Some(kept)) if kept.at() > at => Some(kept.last(workspace)),
            (Some((known, _)), _) => Some(known),
            (None, kept) => kept.map(|kept| kept.last(workspace)),
        }
    }

    /// The location of a workspace that is trusted without asking LangSmith.
    fn known_place(&self, workspace: &WorkspaceId, kept: Option<&ListedDataPlanes>) -> Option<Known> {
        let (memory, credential, now) =
            (&self.memory().data_planes, self.credential().fingerprint(), self.memory().now());
        if let Some((list, since)) = memory.list(&credential, now) {
            if let Some(known) = list.believed(workspace, since) {
                return Some(known);
            }
            // If LangSmith shows no list, the one read at the login stays valid.
            if list.is_hidden(since) {
                return Some(kept.map_or(Known::LangSmith, |kept| kept.last(workspace)));
            }
        }
        let believed = kept.filter(|_| !memory.is_doubted(&credential, now))?.believed(workspace, now)?;
        // An expired list still proves that the login's is outdated if the two differ.
        (self.last_place(workspace, kept).as_ref() == Some(&believed)).then_some(believed)
    }

    /// Reads the location of a workspace from LangSmith, which lists one organization's workspaces at a time: a
    /// workspace missing in its list is asked for by name, and if it is not shown then either, the credential has no
    /// access to it.
    async fn read_place(
        &self,
        workspace: &WorkspaceId,
        kept: Option<&ListedDataPlanes>,
    ) -> Result<Known, UpstreamError> {
        let (memory, credential) = (&self.memory().data_planes, self.credential().fingerprint());
        let lock = memory.lock_of(&credential);
        let _held = lock.lock().await;
        if let Some(known) = self.known_place(workspace, kept) {
            return Ok(known);
        }
        let last = self.last_place(workspace, kept);
        let (is_spare, rests) = (last.is_some(), memory.rests(&credential, self.memory().now()));
        if let Some(last) = last.filter(|_| rests) {
            return Ok(last);
        }
        let shown = memory.list(&credential, self.memory().now());
        if !shown.is_some_and(|(list, since)| list.is_shown(since)) {
            match self.read_list(is_spare).await {
                // An organization-wide key has to name a workspace.
                Ok(()) | Err(UpstreamError::WorkspaceRequired) => {}
                Err(error) if hides(&error) && !is_spare => {}
                Err(error) => return Err(error),
            }
            if let Some(known) = self.known_place(workspace, kept) {
                return Ok(known);
            }
        }
        let once = RequestBudget::new(1);
        let found = match self.sparing(is_spare, &once).workspaces().await {
            Ok(found) => found.into_iter().find(|found| found.id == *workspace),
            Err(error) if hides(&error) => None,
            Err(error) => return Err(error),
        };
        let found = found.ok_or_else(|| UpstreamError::WorkspaceForbidden(workspace.clone()))?;
        Ok(found.data_plane_url.into())
    }

    /// The destination of a call that names no workspace. LangSmith knows the credential's default workspace.
    async fn common_place(&self) -> Result<Known, UpstreamError> {
        let credential = self.credential().fingerprint();
        let list = if let Some(list) = self.known_list() {
            list
        } else {
            let last = self.memory().data_planes.last(&credential).filter(|list| list.common().is_some());
            let is_spare = last.is_some();
            self.or_last(last, self.read_common(is_spare)).await?
        };
        match list.common() {
            // LangSmith shows no list.
            None => Ok(Known::LangSmith),
            Some(Common::Known(known)) => Ok(known),
            Some(Common::Differs) => {
                let current = self.current_workspace(credential).await;
                let known = current.and_then(|current| list.get(&current));
                known.ok_or(UpstreamError::Unsupported(DIFFERS))
            }
        }
    }

    /// The list without a named workspace, or the record that LangSmith hides it, if trusted.
    fn known_list(&self) -> Option<Arc<List>> {
        let (memory, now) = (&self.memory().data_planes, self.memory().now());
        let (list, since) = memory.list(&self.credential().fingerprint(), now)?;
        (list.is_plain(since) || list.is_hidden(since)).then_some(list)
    }

    async fn read_common(&self, is_spare: bool) -> Result<Arc<List>, UpstreamError> {
        let lock = self.memory().data_planes.lock_of(&self.credential().fingerprint());
        let _held = lock.lock().await;
        if self.known_list().is_none() {
            self.read_list(is_spare).await?;
        }
        self.known_list().ok_or(UpstreamError::Forbidden)
    }

    /// The default workspace of the caller's credential, if LangSmith tells: one request with a short wait.
    pub(crate) async fn own_workspace(&self) -> Option<WorkspaceId> {
        let once = RequestBudget::new(1);
        self.until_at_most(WAIT).limited_to(&once).current_workspace(self.credential().fingerprint()).await
    }

    /// The default workspace of a credential, if LangSmith tells.
    async fn current_workspace(&self, credential: String) -> Option<WorkspaceId> {
        let (memory, now) = (&self.memory().data_planes, self.memory().now());
        if let Some(current) = memory.current(&credential, now) {
            return Some(current);
        }
        let current = self.at_langsmith().get::<Current>("/api/v1/settings", &[]).await.ok()?.id;
        memory.learn_current(credential, current.clone(), now);
        Some(current)
    }

    /// Reads and remembers LangSmith's list, or that LangSmith shows none. The latter is an error if it showed a list
    /// before, which stays remembered.
    async fn read_list(&self, is_spare: bool) -> Result<(), UpstreamError> {
        let (memory, credential, once) =
            (self.memory(), self.credential().fingerprint(), RequestBudget::new(1));
        match self.nowhere().sparing(is_spare, &once).workspaces().await {
            Ok(_) => Ok(()),
            Err(error) if hides(&error) => {
                let is_new = memory.data_planes.learn_hidden(credential, memory.now());
                if is_new { Ok(()) } else { Err(error) }
            }
            Err(error) => Err(error),
        }
    }

    /// The same caller; if the answer is optional (`is_spare`), with one request and a short wait.
    fn sparing<'b>(&self, is_spare: bool, once: &'b RequestBudget) -> WorkspaceClient<'b>
    where
        Self: 'b,
    {
        if is_spare { self.until_at_most(WAIT).limited_to(once) } else { *self }
    }

    pub(crate) fn learn_data_planes(&self, workspaces: &[Workspace]) {
        let memory = self.memory();
        let reach = if self.workspace().is_some() { Reach::Workspace } else { Reach::Plain };
        memory.data_planes.learn(self.credential().fingerprint(), workspaces, reach, memory.now());
    }

    /// The result of `read`. While LangSmith does not answer, the last known value is better than nothing: if there is
    /// one, the wait is short, and after a failure LangSmith is not asked again for a while.
    async fn or_last<T>(
        &self,
        last: Option<T>,
        read: impl Future<Output = Result<T, UpstreamError>>,
    ) -> Result<T, UpstreamError> {
        let Some(last) = last else { return read.await };
        let (memory, credential) = (self.memory(), self.credential().fingerprint());
        if memory.data_planes.rests(&credential, memory.now()) {
            return Ok(last);
        }
        let answer = self.until_at_most(WAIT).deadline().limit(read).await;
        match answer.unwrap_or(Err(UpstreamError::Timeout)) {
            Err(error) if is_passing(&error) || hides(&error) => {
                memory.data_planes.rest(credential, memory.now());
                Ok(last)
            }
            answer => answer,
        }
    }
}

/// Whether the error means that LangSmith does not show its list; or, if a workspace was named, that workspace.
const fn hides(error: &UpstreamError) -> bool {
    matches!(
        error,
        UpstreamError::Forbidden
            | UpstreamError::NotFound { .. }
            | UpstreamError::Rejected { status: 405, .. }
    )
}

/// Whether a later attempt may succeed.
const fn is_passing(error: &UpstreamError) -> bool {
    matches!(
        error,
        UpstreamError::RateLimited { .. }
            | UpstreamError::Server { .. }
            | UpstreamError::Timeout
            | UpstreamError::Unreachable
            | UpstreamError::Malformed
            | UpstreamError::TooLarge
    )
}
