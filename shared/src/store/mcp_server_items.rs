//! The items of the `mcp-servers` table, and their conditional writes.

use aws_sdk_dynamodb::types::{Delete, Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem};
use primitives::ids::WorkspaceId;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::StoreError;
use super::item::{Table, text, write};
use super::mcp_servers::{McpServers, name_key, url_key};
use crate::servers::{RegisteredServer, ServerAuth, ServerId, ServerName};

/// The stored form of a server.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct ServerItem {
    /// Partition key.
    tenant_id: WorkspaceId,
    /// Sort key: the server's UUID.
    server_id: String,
    name: String,
    url: String,
    canonical_url: String,
    auth_type: String,
    oauth_mode: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    oauth_provider_id: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    vendor_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    external_system_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sealed_headers: Option<String>,
    created_at: u64,
    updated_at: u64,
    pub(super) revision: String,
}

impl ServerItem {
    pub(super) fn of(server: &RegisteredServer) -> Self {
        Self {
            tenant_id: server.workspace.clone(),
            server_id: server.id.to_string(),
            name: server.name.as_str().to_owned(),
            url: server.url.clone(),
            canonical_url: server.canonical_url.clone(),
            auth_type: server.auth.auth_type().to_owned(),
            oauth_mode: server.auth.oauth_mode().to_owned(),
            oauth_provider_id: server.auth.shared_provider(),
            vendor_id: server.vendor_id.clone(),
            external_system_id: server.external_system_id.clone(),
            sealed_headers: server.sealed_headers.clone(),
            created_at: server.created_at,
            updated_at: server.updated_at,
            revision: server.revision.clone(),
        }
    }

    pub(super) fn server(self, operation: &'static str) -> Result<RegisteredServer, StoreError> {
        let wrong = |cause: &str| StoreError::Malformed { operation, cause: cause.to_owned() };
        let auth = ServerAuth::of(&self.auth_type, &self.oauth_mode, self.oauth_provider_id);
        Ok(RegisteredServer {
            workspace: self.tenant_id,
            id: ServerId::parse(&self.server_id).ok_or_else(|| wrong("server_id"))?,
            name: ServerName::parse(&self.name).map_err(|_| wrong("name"))?,
            url: self.url,
            canonical_url: self.canonical_url,
            auth: auth.map_err(|_| wrong("auth_type"))?,
            vendor_id: self.vendor_id,
            external_system_id: self.external_system_id,
            sealed_headers: self.sealed_headers,
            created_at: self.created_at,
            updated_at: self.updated_at,
            revision: self.revision,
        })
    }
}

/// A name or a URL that a server has.
#[derive(Clone, Debug, Serialize)]
pub(super) struct TakenItem {
    /// Partition key.
    tenant_id: WorkspaceId,
    /// Sort key: the kind and a hash.
    server_id: String,
    /// The server's UUID.
    owner: String,
    /// Its revision.
    revision: String,
}

impl TakenItem {
    pub(super) fn name(server: &RegisteredServer) -> Self {
        Self::under(name_key(server.name.as_str()), server)
    }

    pub(super) fn url(server: &RegisteredServer) -> Self {
        Self::under(url_key(&server.canonical_url), server)
    }

    fn under(server_id: String, server: &RegisteredServer) -> Self {
        Self {
            tenant_id: server.workspace.clone(),
            server_id,
            owner: server.id.to_string(),
            revision: server.revision.clone(),
        }
    }
}

/// Writes a server that does not exist yet or has this revision.
pub(super) fn put_item(
    operation: &'static str,
    table: &Table,
    item: &ServerItem,
    revision: Option<&str>,
) -> Result<TransactWriteItem, StoreError> {
    let put = Put::builder().set_item(Some(write(operation, item)?));
    let put = match revision {
        None => put.condition_expression("attribute_not_exists(server_id)"),
        Some(revision) => put
            .condition_expression("revision = :revision")
            .expression_attribute_values(":revision", text(revision)),
    };
    finish_put(operation, table, put)
}

/// Takes a name or a URL that nobody has, or that this server has already.
pub(super) fn put_taken(
    operation: &'static str,
    table: &Table,
    item: &TakenItem,
    owner: Option<ServerId>,
) -> Result<TransactWriteItem, StoreError> {
    let put = Put::builder().set_item(Some(write(operation, item)?));
    let put = match owner {
        None => put.condition_expression("attribute_not_exists(server_id)"),
        Some(owner) => put
            .condition_expression("#owner = :owner")
            .expression_attribute_names("#owner", "owner")
            .expression_attribute_values(":owner", text(owner.to_string())),
    };
    finish_put(operation, table, put)
}

fn finish_put(
    operation: &'static str,
    table: &Table,
    put: aws_sdk_dynamodb::types::builders::PutBuilder,
) -> Result<TransactWriteItem, StoreError> {
    let put = put
        .table_name(&table.name)
        .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
        .build()
        .map_err(|_| StoreError::not_built(operation))?;
    Ok(TransactWriteItem::builder().put(put).build())
}

/// Deletes a server of this revision.
pub(super) fn delete_item(
    operation: &'static str,
    table: &Table,
    server: &RegisteredServer,
) -> Result<TransactWriteItem, StoreError> {
    let delete = Delete::builder()
        .table_name(&table.name)
        .set_key(Some(McpServers::key(&server.workspace, &server.id.to_string())))
        .condition_expression("revision = :revision")
        .expression_attribute_values(":revision", text(server.revision.as_str()))
        .build()
        .map_err(|_| StoreError::not_built(operation))?;
    Ok(TransactWriteItem::builder().delete(delete).build())
}

/// Frees a name or a URL of a server.
pub(super) fn delete_taken(
    operation: &'static str,
    table: &Table,
    item: &TakenItem,
) -> Result<TransactWriteItem, StoreError> {
    let delete = Delete::builder()
        .table_name(&table.name)
        .set_key(Some(McpServers::key(&item.tenant_id, &item.server_id)))
        .build()
        .map_err(|_| StoreError::not_built(operation))?;
    Ok(TransactWriteItem::builder().delete(delete).build())
}
