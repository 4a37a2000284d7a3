//! Which data plane a call goes to.

use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;

use super::list::{Common, List, Reach};
use super::listed::Known;
use super::{DataPlane, ListedDataPlanes};
use crate::ids::WorkspaceId;
use crate::langsmith::{Caller, RequestBudget, UpstreamError, Workspace};

/// How long LangSmith is waited for where an answer can be done without.
pub(super) const WAIT: Duration = Duration::from_secs(3);

const DIFFERS: &str = "has the data of the credential's workspaces in different places: pass workspace_id";

/// What we read of the workspace that a credential works in (`GET /api/v1/settings`).
#[derive(Deserialize)]
struct Current {
    id: WorkspaceId,
}

impl Caller<'_> {
    /// The data plane of the caller's workspace; none where its data is at LangSmith itself. `kept` is what was read when
    /// the caller logged in, if the workspace stood in that list. LangSmith is asked only where neither that nor memory
    /// tells.
    ///
    /// Where LangSmith does not show its list, the credential has no data plane that anybody could know of.
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

    /// What LangSmith said last of a workspace: in its lists since, or in the one of the login.
    fn last_place(&self, workspace: &WorkspaceId, kept: Option<&ListedDataPlanes>) -> Option<Known> {
        let list = self.memory().data_planes.last(&self.credential().fingerprint());
        match (list.and_then(|list| list.said(workspace)), kept) {
            (Some((_, at)), Some(kept)) if kept.at() > at => Some(kept.last(workspace)),
            (Some((known, _)), _) => Some(known),
            (None, kept) => kept.map(|kept| kept.last(workspace)),
        }
    }

    /// What is believed of a workspace without asking.
    fn known_place(&self, workspace: &WorkspaceId, kept: Option<&ListedDataPlanes>) -> Option<Known> {
        let (memory, credential, now) =
            (&self.memory().data_planes, self.credential().fingerprint(), self.memory().now());
        if let Some((list, since)) = memory.list(&credential, now) {
            if let Some(known) = list.believed(workspace, since) {
                return Some(known);
            }
            // Where LangSmith shows no list, what it said at the login stays.
            if list.is_hidden(since) {
                return Some(kept.map_or(Known::LangSmith, |kept| kept.last(workspace)));
            }
        }
        let believed = kept.filter(|_| !memory.is_doubted(&credential, now))?.believed(workspace, now)?;
        // A list that is too old to be believed still tells that the login's is outdated.
        (self.last_place(workspace, kept).as_ref() == Some(&believed)).then_some(believed)
    }

    /// Reads where a workspace's data is. LangSmith lists one organization's workspaces at a time: one that is not in its list
    /// is asked for by name, and one that it does not show then either has no data that the credential may ask for.
    async fn read_place(
        &self,
        workspace: &WorkspaceId,
        kept: Option<&ListedDataPlanes>,
    ) -> Result<Known, UpstreamError> {
        let (memory, credential) = (&self.memory().data_planes, self.credential().fingerprint());
        let turn = memory.turn(&credential);
        let _held = turn.lock().await;
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
                // A key of a whole organization has to name a workspace.
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

    /// Where the traffic of a credential goes that names no workspace. LangSmith knows which one it works in.
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

    /// The list that names no workspace, if it is believed, or that there is none.
    fn known_list(&self) -> Option<Arc<List>> {
        let (memory, now) = (&self.memory().data_planes, self.memory().now());
        let (list, since) = memory.list(&self.credential().fingerprint(), now)?;
        (list.is_plain(since) || list.is_hidden(since)).then_some(list)
    }

    async fn read_common(&self, is_spare: bool) -> Result<Arc<List>, UpstreamError> {
        let turn = self.memory().data_planes.turn(&self.credential().fingerprint());
        let _held = turn.lock().await;
        if self.known_list().is_none() {
            self.read_list(is_spare).await?;
        }
        self.known_list().ok_or(UpstreamError::Forbidden)
    }

    /// The workspace that the caller's credential works in when it names none, if LangSmith tells: it is asked once, and not waited
    /// for long.
    pub(in crate::langsmith) async fn own_workspace(&self) -> Option<WorkspaceId> {
        let once = RequestBudget::new(1);
        self.until_at_most(WAIT).within(&once).current_workspace(self.credential().fingerprint()).await
    }

    /// The workspace that a credential works in which names none, if LangSmith tells.
    async fn current_workspace(&self, credential: String) -> Option<WorkspaceId> {
        let (memory, now) = (&self.memory().data_planes, self.memory().now());
        if let Some(current) = memory.current(&credential, now) {
            return Some(current);
        }
        let current = self.at_langsmith().get::<Current>("/api/v1/settings", &[]).await.ok()?.id;
        memory.learn_current(credential, current.clone(), now);
        Some(current)
    }

    /// Reads LangSmith's list, which is remembered, or that it shows none. That is an error where it showed one before,
    /// which stays known.
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

    /// The same caller, who asks once and does not wait long for what is spare.
    fn sparing<'b>(&self, is_spare: bool, once: &'b RequestBudget) -> Caller<'b>
    where
        Self: 'b,
    {
        if is_spare { self.until_at_most(WAIT).within(once) } else { *self }
    }

    pub(in crate::langsmith) fn learn_data_planes(&self, workspaces: &[Workspace]) {
        let memory = self.memory();
        let reach = if self.workspace().is_some() { Reach::Workspace } else { Reach::Plain };
        memory.data_planes.learn(self.credential().fingerprint(), workspaces, reach, memory.now());
    }

    /// What `read` brings. While LangSmith does not tell, what was known last is better than nothing: where there is
    /// something, it is waited for no longer than a moment, and not asked again at once.
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

/// Whether LangSmith does not show its list. Where a workspace was named, it may be that one which it does not show.
const fn hides(error: &UpstreamError) -> bool {
    matches!(
        error,
        UpstreamError::Forbidden
            | UpstreamError::NotFound { .. }
            | UpstreamError::Rejected { status: 405, .. }
    )
}

/// Whether another moment may bring an answer.
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
