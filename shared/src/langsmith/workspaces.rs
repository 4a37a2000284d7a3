//! The workspaces that a credential reaches: `GET /api/v1/workspaces`.

use serde::Deserialize;

use super::caller::parse;
use super::{Caller, UpstreamError};
use crate::ids::WorkspaceId;

/// Where they are listed.
pub(super) const PATH: &str = "/api/v1/workspaces";

/// A LangSmith workspace, as the consent page offers it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Workspace {
    /// Its id, sent as `X-Tenant-Id`.
    pub id: WorkspaceId,
    /// Its name as people see it.
    pub display_name: String,
    /// Its handle, when one was chosen.
    #[serde(default, rename = "tenant_handle")]
    pub handle: Option<String>,
    /// Where its traffic goes, when that is not LangSmith itself. It is not checked yet.
    #[serde(default)]
    pub data_plane_url: Option<String>,
}

#[derive(Deserialize)]
struct Listed {
    #[serde(flatten)]
    workspace: Workspace,
    #[serde(default)]
    is_deleted: bool,
}

impl Caller<'_> {
    /// The workspaces that the credential reaches, in LangSmith's order, deleted ones left out. What it says of data planes
    /// is remembered.
    pub async fn workspaces(&self) -> Result<Vec<Workspace>, UpstreamError> {
        let workspaces = workspaces(&self.at_langsmith().get_bytes(PATH, &[]).await?)?;
        self.learn_data_planes(&workspaces);
        Ok(workspaces)
    }
}

/// The workspaces of an answer.
pub(super) fn workspaces(body: &[u8]) -> Result<Vec<Workspace>, UpstreamError> {
    let listed: Vec<Listed> = parse(body)?;
    Ok(listed.into_iter().filter(|listed| !listed.is_deleted).map(|listed| listed.workspace).collect())
}
