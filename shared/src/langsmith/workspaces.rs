//! The workspaces that a credential reaches: `GET /api/v1/workspaces`.

use serde::Deserialize;

use super::{Caller, UpstreamError};
use crate::ids::WorkspaceId;

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
}

#[derive(Deserialize)]
struct Listed {
    #[serde(flatten)]
    workspace: Workspace,
    #[serde(default)]
    is_deleted: bool,
}

impl Caller<'_> {
    /// The workspaces that the credential reaches, in LangSmith's order, deleted ones left out.
    pub async fn workspaces(&self) -> Result<Vec<Workspace>, UpstreamError> {
        let listed: Vec<Listed> = self.get("/api/v1/workspaces", &[]).await?;
        Ok(listed.into_iter().filter(|listed| !listed.is_deleted).map(|listed| listed.workspace).collect())
    }
}
