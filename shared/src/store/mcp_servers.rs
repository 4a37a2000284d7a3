//! Registered MCP servers, in the `mcp-servers` table. A workspace's partition has an item for each server and one for
//! each name and URL that is taken, all written in one transaction: two servers never share a name or a URL.
//!
//! The sort key of a server is its UUID; those of the others, here and of what else is in the table, begin with a letter
//! that sorts after every UUID.

use aws_sdk_dynamodb::operation::transact_write_items::{TransactWriteItemsError, TransactWriteItemsOutput};
use aws_sdk_dynamodb::types::TransactWriteItem;
use primitives::ids::WorkspaceId;
use primitives::secret::sha256;
use serde::{Deserialize, Serialize};

use super::StoreError;
use super::item::{Item, Table, key, may_try_again, read, text};
use super::mcp_server_items::{ServerItem, TakenItem, delete_item, delete_taken, put_item, put_taken};
use crate::servers::{RegisteredServer, ServerId};

/// Greater than the first character of every UUID, and less than that of every other sort key.
const AFTER_UUIDS: &str = "g";

/// The `mcp-servers` table.
#[derive(Clone, Debug)]
pub struct McpServers(pub(super) Table);

/// The outcome of a registration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registration {
    /// It is registered.
    Registered,
    /// Another server of the workspace has the name.
    NameTaken,
    /// Another server of the workspace has the URL.
    UrlTaken,
}

/// The outcome of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It was applied.
    Applied,
    /// Another write was faster: read the server again.
    Outdated,
    /// Another server of the workspace has the new URL.
    UrlTaken,
}

/// The server that has a URL.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerAtUrl {
    /// Its id.
    pub owner: String,
    /// Its revision.
    pub revision: String,
}

impl McpServers {
    pub(super) const fn new(table: Table) -> Self {
        Self(table)
    }

    /// Registers a server. One round trip, and one more for each conflict with another transaction.
    pub async fn register(&self, server: &RegisteredServer) -> Result<Registration, StoreError> {
        const OPERATION: &str = "mcp_servers.register";
        let writes = [
            put_item(OPERATION, &self.0, &ServerItem::of(server), None)?,
            put_taken(OPERATION, &self.0, &TakenItem::name(server), None)?,
            put_taken(OPERATION, &self.0, &TakenItem::url(server), None)?,
        ];
        match self.transact(OPERATION, writes).await? {
            Transacted::Done => Ok(Registration::Registered),
            Transacted::Refused { at: 0, item: Some(item) }
                if read::<ServerItem>(OPERATION, item.clone())?.revision == server.revision =>
            {
                // Our own earlier attempt was applied and its response lost.
                Ok(Registration::Registered)
            }
            Transacted::Refused { at: 2, .. } => Ok(Registration::UrlTaken),
            Transacted::Refused { .. } => Ok(Registration::NameTaken),
        }
    }

    /// A server of a workspace. One round trip.
    pub async fn get(
        &self,
        workspace: &WorkspaceId,
        id: ServerId,
    ) -> Result<Option<RegisteredServer>, StoreError> {
        const OPERATION: &str = "mcp_servers.get";
        let item: Option<ServerItem> = self.0.get(OPERATION, Self::key(workspace, &id.to_string())).await?;
        item.map(|item| item.server(OPERATION)).transpose()
    }

    /// The server of a workspace that has a URL. One round trip.
    pub async fn at_url(
        &self,
        workspace: &WorkspaceId,
        canonical_url: &str,
    ) -> Result<Option<ServerAtUrl>, StoreError> {
        self.0.get("mcp_servers.at_url", Self::key(workspace, &url_key(canonical_url))).await
    }

    /// All servers of a workspace, sorted by id. One round trip for about 1 MB of them.
    pub async fn list(&self, workspace: &WorkspaceId) -> Result<Vec<RegisteredServer>, StoreError> {
        const OPERATION: &str = "mcp_servers.list";
        let (mut servers, mut after) = (Vec::new(), None);
        loop {
            let page = self
                .0
                .client
                .query()
                .table_name(&self.0.name)
                .key_condition_expression("tenant_id = :tenant AND server_id < :end")
                .expression_attribute_values(":tenant", text(workspace.as_str()))
                .expression_attribute_values(":end", text(AFTER_UUIDS))
                .consistent_read(true)
                .set_exclusive_start_key(after)
                .send()
                .await
                .map_err(|error| StoreError::sdk(OPERATION, &error))?;
            for item in page.items.unwrap_or_default() {
                servers.push(read::<ServerItem>(OPERATION, item)?.server(OPERATION)?);
            }
            after = page.last_evaluated_key;
            if after.is_none() {
                return Ok(servers);
            }
        }
    }

    /// Replaces `old`, as it was read, by `new`, which has the same id and name. One round trip, and one more for each
    /// conflict with another transaction.
    pub async fn replace(
        &self,
        old: &RegisteredServer,
        new: &RegisteredServer,
    ) -> Result<Change, StoreError> {
        const OPERATION: &str = "mcp_servers.replace";
        let item = put_item(OPERATION, &self.0, &ServerItem::of(new), Some(&old.revision))?;
        let is_moved = old.canonical_url != new.canonical_url;
        let outcome = if is_moved {
            let taken = put_taken(OPERATION, &self.0, &TakenItem::url(new), None)?;
            let freed = delete_taken(OPERATION, &self.0, &TakenItem::url(old))?;
            self.transact(OPERATION, [item, taken, freed]).await?
        } else {
            let taken = put_taken(OPERATION, &self.0, &TakenItem::url(new), Some(old.id))?;
            self.transact(OPERATION, [item, taken]).await?
        };
        match outcome {
            Transacted::Done => Ok(Change::Applied),
            Transacted::Refused { at: 0, item: Some(item) }
                if read::<ServerItem>(OPERATION, item.clone())?.revision == new.revision =>
            {
                Ok(Change::Applied)
            }
            Transacted::Refused { at: 1, .. } if is_moved => Ok(Change::UrlTaken),
            Transacted::Refused { .. } => Ok(Change::Outdated),
        }
    }

    /// Deletes a server as it was read; false when another write was faster: read it again. One round trip, and one more
    /// for each conflict with another transaction.
    pub async fn delete(&self, server: &RegisteredServer) -> Result<bool, StoreError> {
        const OPERATION: &str = "mcp_servers.delete";
        let writes = [
            delete_item(OPERATION, &self.0, server)?,
            delete_taken(OPERATION, &self.0, &TakenItem::name(server))?,
            delete_taken(OPERATION, &self.0, &TakenItem::url(server))?,
        ];
        Ok(matches!(self.transact(OPERATION, writes).await?, Transacted::Done))
    }

    pub(super) fn key(workspace: &WorkspaceId, sort_key: &str) -> Item {
        key([("tenant_id", workspace.as_str()), ("server_id", sort_key)])
    }

    async fn transact<const N: usize>(
        &self,
        operation: &'static str,
        writes: [TransactWriteItem; N],
    ) -> Result<Transacted, StoreError> {
        let mut attempt = 0;
        loop {
            let write = self.0.client.transact_write_items().set_transact_items(Some(writes.to_vec()));
            let answer = write.send().await.map(|_: TransactWriteItemsOutput| ());
            let Err(error) = answer else { return Ok(Transacted::Done) };
            let Some(TransactWriteItemsError::TransactionCanceledException(canceled)) =
                error.as_service_error()
            else {
                return Err(StoreError::sdk(operation, &error));
            };
            let reasons = canceled.cancellation_reasons();
            let refused = reasons.iter().position(|reason| reason.code() == Some("ConditionalCheckFailed"));
            if let Some(at) = refused {
                let item = reasons.get(at).and_then(|reason| reason.item()).cloned();
                return Ok(Transacted::Refused { at, item });
            }
            if !may_try_again(attempt).await {
                return Err(StoreError::conflict(operation));
            }
            attempt += 1;
        }
    }
}

/// The outcome of a transaction.
enum Transacted {
    Done,
    /// The condition of the write at this index failed; the item at that time.
    Refused {
        at: usize,
        item: Option<Item>,
    },
}

/// The sort key of a taken name.
pub(super) fn name_key(name: &str) -> String {
    format!("name:{}", sha256(name.as_bytes()))
}

/// The sort key of a taken URL.
pub(super) fn url_key(canonical_url: &str) -> String {
    format!("url:{}", sha256(canonical_url.as_bytes()))
}
