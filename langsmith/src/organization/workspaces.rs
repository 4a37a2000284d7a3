//! The workspaces that a credential can access: `GET /api/v1/workspaces`.

use primitives::ids::WorkspaceId;
use primitives::server_permissions::ServerPermissions;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::workspace_client::parse;
use crate::{UpstreamError, WorkspaceClient};

/// The path of the list.
pub(crate) const PATH: &str = "/api/v1/workspaces";

/// A workspace, and the caller's role in it. Members that LangSmith does not send are absent.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct WorkspaceDetails {
    /// UUID, sent as `X-Tenant-Id`.
    pub id: WorkspaceId,
    /// The display name.
    #[serde(default)]
    pub display_name: Option<String>,
    /// UUID of its organization.
    #[serde(default, deserialize_with = "if_as_described")]
    pub organization_id: Option<String>,
    /// Its handle, if it has one.
    #[serde(default)]
    pub tenant_handle: Option<String>,
    /// Whether it is a personal workspace.
    #[serde(default, deserialize_with = "if_as_described")]
    pub is_personal: Option<bool>,
    /// The address of its data plane, if its data is not at LangSmith itself. Not validated yet.
    #[serde(default)]
    pub data_plane_url: Option<String>,
    /// The caller's role.
    #[serde(default, deserialize_with = "if_as_described")]
    pub role_name: Option<String>,
    /// The caller's permissions, by LangSmith's names.
    #[serde(default, deserialize_with = "if_as_described")]
    pub permissions: Option<Vec<String>>,
    #[serde(default)]
    is_deleted: bool,
}

/// A workspace with the details that the consent page shows, which needs a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workspace {
    /// Its id, sent as `X-Tenant-Id`.
    pub id: WorkspaceId,
    /// The display name.
    pub display_name: String,
    /// Its handle, if it has one.
    pub handle: Option<String>,
    /// The address of its data plane, if its data is not at LangSmith itself. Not validated yet.
    pub data_plane_url: Option<String>,
    /// What the caller may do with the MCP servers registered there; nothing if LangSmith states no permissions.
    pub servers: ServerPermissions,
}

impl TryFrom<WorkspaceDetails> for Workspace {
    type Error = UpstreamError;

    fn try_from(details: WorkspaceDetails) -> Result<Self, UpstreamError> {
        let permissions = details.permissions.unwrap_or_default();
        Ok(Self {
            servers: ServerPermissions::among(permissions.iter().map(String::as_str)),
            id: details.id,
            display_name: details.display_name.ok_or(UpstreamError::Malformed)?,
            handle: details.tenant_handle,
            data_plane_url: details.data_plane_url,
        })
    }
}

impl WorkspaceClient<'_> {
    /// The workspaces that the credential can access, in LangSmith's order, without deleted ones. Their data planes are
    /// remembered.
    pub async fn workspaces(&self) -> Result<Vec<Workspace>, UpstreamError> {
        let workspaces = workspaces(&self.at_langsmith().get_bytes(PATH, &[]).await?)?;
        self.learn_data_planes(&workspaces);
        Ok(workspaces)
    }

    /// The workspaces with all details, requested for the organization, without deleted ones. Nothing is remembered.
    pub async fn workspace_details(&self) -> Result<Vec<WorkspaceDetails>, UpstreamError> {
        Ok(present(self.organization_workspaces().await?).collect())
    }

    /// The workspaces that the organization's figures may name, including deleted ones.
    pub async fn organization_workspaces(&self) -> Result<Vec<WorkspaceDetails>, UpstreamError> {
        self.get_of_organization(PATH, &[], None).await
    }

    /// One workspace, or `None` if LangSmith does not show it to the caller. `id` must be a UUID.
    pub async fn organization_workspace(&self, id: &str) -> Result<Option<WorkspaceDetails>, UpstreamError> {
        match self.get_of_organization(&format!("{PATH}/{id}"), &[], None).await {
            Ok(workspace) => Ok(Some(workspace)),
            Err(UpstreamError::NotFound { .. } | UpstreamError::Forbidden) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// Parses a list of workspaces, without deleted ones.
pub(crate) fn workspaces(body: &[u8]) -> Result<Vec<Workspace>, UpstreamError> {
    present(parse(body)?).map(Workspace::try_from).collect()
}

/// A detail that no decision depends on. With another type than LangSmith documents, it counts as absent, so that it
/// cannot break a login.
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
    use primitives::server_permissions::ServerPermission;

    use super::*;

    #[test]
    fn odd_details_stand_in_nobodys_way() {
        let id = "5a3e0000-0000-4000-8000-0000000000a1";
        let read =
            |more: &str| workspaces(format!(r#"[{{"id":"{id}","display_name":"Team",{more}}}]"#).as_bytes());
        let odd = r#""permissions":{"runs":true},"role_name":7,"is_personal":"no","organization_id":[]"#;
        let team = &read(odd).unwrap()[0];
        assert_eq!((team.display_name.as_str(), team.servers), ("Team", ServerPermissions::EMPTY));
        assert_eq!(read(r#""data_plane_url":7"#), Err(UpstreamError::Malformed));
        for (permissions, servers) in [
            ("null", ServerPermissions::EMPTY),
            (r#"["runs:read"]"#, ServerPermissions::EMPTY),
            (r#"["mcp-servers:read","runs:read"]"#, [ServerPermission::Read].into_iter().collect()),
        ] {
            assert_eq!(read(&format!(r#""permissions":{permissions}"#)).unwrap()[0].servers, servers);
        }
    }
}
