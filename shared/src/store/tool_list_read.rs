//! A cached list and the server that it is for, in one read.

use aws_sdk_dynamodb::types::KeysAndAttributes;

use super::item::{Item, may_try_again, read};
use super::mcp_servers::{McpServers, ServerAtUrl, url_key};
use super::tool_lists::{StoredToolList, ToolListKey, stored};
use super::{Store, StoreError};

const OPERATION: &str = "tool_lists.read";

/// What is known of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToolListRead {
    /// The server that has the URL, if one is registered.
    pub server: Option<ServerAtUrl>,
    /// The last good list, whatever the revision of its server.
    pub stored: Option<StoredToolList>,
}

impl Store {
    /// The list of this key, and the server of its workspace that has its URL. One round trip, and one more for each time
    /// that DynamoDB returns a part.
    pub async fn tool_list(&self, key: &ToolListKey<'_>) -> Result<ToolListRead, StoreError> {
        let workspace = primitives::ids::WorkspaceId::new(key.workspace);
        let (servers, lists) = (self.mcp_servers.0.name.as_str(), self.tool_lists.0.name.as_str());
        let server_key = McpServers::key(&workspace, &url_key(key.url));
        let mut asked = [(servers, server_key), (lists, key.item_key())]
            .into_iter()
            .map(|(table, key)| Ok((table.to_owned(), keys(key)?)))
            .collect::<Result<std::collections::HashMap<_, _>, StoreError>>()?;
        let mut found = ToolListRead { server: None, stored: None };
        let mut attempt = 0;
        loop {
            let batch = self.mcp_servers.0.client.batch_get_item().set_request_items(Some(asked));
            let answer = batch.send().await.map_err(|error| StoreError::sdk(OPERATION, &error))?;
            for (table, items) in answer.responses.unwrap_or_default() {
                for item in items {
                    if table == servers {
                        found.server = Some(read(OPERATION, item)?);
                    } else {
                        found.stored = stored(OPERATION, &item)?;
                    }
                }
            }
            asked = answer.unprocessed_keys.unwrap_or_default();
            if asked.is_empty() {
                return Ok(found);
            }
            if !may_try_again(attempt).await {
                return Err(StoreError::conflict(OPERATION));
            }
            attempt += 1;
        }
    }
}

/// A strongly consistent read of one item.
fn keys(key: Item) -> Result<KeysAndAttributes, StoreError> {
    let keys = KeysAndAttributes::builder().keys(key).consistent_read(true).build();
    keys.map_err(|_| StoreError::not_built(OPERATION))
}
