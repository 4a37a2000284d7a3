//! The workspaces that a credential reaches: `GET /api/v1/workspaces`.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::caller::parse;
use super::{Caller, UpstreamError};
use crate::ids::WorkspaceId;

/// Where they are listed.
pub(super) const PATH: &str = "/api/v1/workspaces";

/// A workspace, and the caller's part in it. What LangSmith does not tell is absent.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct WorkspaceDetails {
    /// UUID, sent as `X-Tenant-Id`.
    pub id: WorkspaceId,
    /// Its name as people see it.
    #[serde(default)]
    pub display_name: Option<String>,
    /// UUID of the organization that it belongs to.
    #[serde(default, deserialize_with = "if_as_described")]
    pub organization_id: Option<String>,
    /// Its handle, when one was chosen.
    #[serde(default)]
    pub tenant_handle: Option<String>,
    /// Whether it is a person's own.
    #[serde(default, deserialize_with = "if_as_described")]
    pub is_personal: Option<bool>,
    /// Where its data is, when that is not where the API is. It is not checked yet.
    #[serde(default)]
    pub data_plane_url: Option<String>,
    /// The caller's role.
    #[serde(default, deserialize_with = "if_as_described")]
    pub role_name: Option<String>,
    /// What the caller may do, by LangSmith's names.
    #[serde(default, deserialize_with = "if_as_described")]
    pub permissions: Option<Vec<String>>,
    #[serde(default)]
    is_deleted: bool,
}

/// The same as far as the consent page offers it, which needs a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workspace {
    /// Its id, sent as `X-Tenant-Id`.
    pub id: WorkspaceId,
    /// Its name as people see it.
    pub display_name: String,
    /// Its handle, when one was chosen.
    pub handle: Option<String>,
    /// Where its traffic goes, when that is not LangSmith itself. It is not checked yet.
    pub data_plane_url: Option<String>,
}

impl TryFrom<WorkspaceDetails> for Workspace {
    type Error = UpstreamError;

    fn try_from(details: WorkspaceDetails) -> Result<Self, UpstreamError> {
        Ok(Self {
            id: details.id,
            display_name: details.display_name.ok_or(UpstreamError::Malformed)?,
            handle: details.tenant_handle,
            data_plane_url: details.data_plane_url,
        })
    }
}

impl Caller<'_> {
    /// The workspaces that the credential reaches, in LangSmith's order, deleted ones left out. What it says of data planes
    /// is remembered.
    pub async fn workspaces(&self) -> Result<Vec<Workspace>, UpstreamError> {
        let workspaces = workspaces(&self.at_langsmith().get_bytes(PATH, &[]).await?)?;
        self.learn_data_planes(&workspaces);
        Ok(workspaces)
    }

    /// The same with all details, asked of the organization. Nothing is remembered.
    pub async fn workspace_details(&self) -> Result<Vec<WorkspaceDetails>, UpstreamError> {
        Ok(present(self.organization_workspaces().await?).collect())
    }

    /// The workspaces that the organization's figures may name: deleted ones, too.
    pub async fn organization_workspaces(&self) -> Result<Vec<WorkspaceDetails>, UpstreamError> {
        self.get_of_organization(PATH, &[], None).await
    }

    /// One workspace, or `None` when LangSmith does not show it to the caller. `id` must be a UUID.
    pub async fn organization_workspace(&self, id: &str) -> Result<Option<WorkspaceDetails>, UpstreamError> {
        match self.get_of_organization(&format!("{PATH}/{id}"), &[], None).await {
            Ok(workspace) => Ok(Some(workspace)),
            Err(UpstreamError::NotFound { .. } | UpstreamError::Forbidden) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// The workspaces of an answer.
pub(super) fn workspaces(body: &[u8]) -> Result<Vec<Workspace>, UpstreamError> {
    present(parse(body)?).map(Workspace::try_from).collect()
}

/// A detail that nobody decides by. Of another type than LangSmith's description says, it counts as not told: it must not
/// stand in the way of a login.
fn if_as_described<'de, D, T>(detail: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    Ok(T::deserialize(Value::deserialize(detail)?).ok())
}

fn present(all: Vec<WorkspaceDetails>) -> impl Iterator<Item = WorkspaceDetails> {
    all.into_iter().filter(|workspace| !workspace.is_deleted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_details_stand_in_nobodys_way() {
        let id = "5a3e0000-0000-4000-8000-0000000000a1";
        let read =
            |more: &str| workspaces(format!(r#"[{{"id":"{id}","display_name":"Team",{more}}}]"#).as_bytes());
        let odd = r#""permissions":{"runs":true},"role_name":7,"is_personal":"no","organization_id":[]"#;
        assert_eq!(read(odd).unwrap()[0].display_name, "Team");
        assert_eq!(read(r#""data_plane_url":7"#), Err(UpstreamError::Malformed));
    }
}
