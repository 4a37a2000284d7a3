//! What LangSmith tells of the workspaces of a caller: `GET /api/v1/workspaces`.

use serde::Deserialize;

use super::workspaces::PATH;
use super::{Caller, UpstreamError};

/// A workspace, and the caller's part in it. What LangSmith does not tell is absent.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct WorkspaceDetails {
    /// UUID, sent as `X-Tenant-Id`.
    pub id: String,
    /// Its name as people see it.
    #[serde(default)]
    pub display_name: Option<String>,
    /// UUID of the organization that it belongs to.
    #[serde(default)]
    pub organization_id: Option<String>,
    /// Its handle, when one was chosen.
    #[serde(default)]
    pub tenant_handle: Option<String>,
    /// Whether it is a person's own.
    #[serde(default)]
    pub is_personal: Option<bool>,
    /// Where its data is, when that is not where the API is.
    #[serde(default)]
    pub data_plane_url: Option<String>,
    /// The caller's role.
    #[serde(default)]
    pub role_name: Option<String>,
    /// What the caller may do, by LangSmith's names.
    #[serde(default)]
    pub permissions: Option<Vec<String>>,
    #[serde(default)]
    is_deleted: bool,
}

impl Caller<'_> {
    /// The workspaces that LangSmith shows to the credential, in its order, deleted ones left out.
    pub async fn workspace_details(&self) -> Result<Vec<WorkspaceDetails>, UpstreamError> {
        let mut all: Vec<WorkspaceDetails> = self.get_of_organization(PATH, &[], None).await?;
        all.retain(|workspace| !workspace.is_deleted);
        Ok(all)
    }
}
