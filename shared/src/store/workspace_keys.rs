//! The data key of each workspace, wrapped by KMS, in the `mcp-servers` table beside the servers whose headers are sealed
//! under it. It stays when the last server is deleted.

use aws_sdk_dynamodb::operation::put_item::PutItemError;
use primitives::ids::WorkspaceId;
use serde::{Deserialize, Serialize};

use super::StoreError;
use super::item::{Table, key, read, text, write};

/// The sort key. It sorts after every server.
const SORT_KEY: &str = "vault-key";

/// The keys.
#[derive(Clone, Debug)]
pub struct WorkspaceKeys(Table);

/// The stored form.
#[derive(Serialize, Deserialize)]
struct KeyItem {
    tenant_id: WorkspaceId,
    server_id: String,
    wrapped_key: String,
}

impl WorkspaceKeys {
    pub(super) const fn new(table: Table) -> Self {
        Self(table)
    }

    /// The wrapped key of a workspace. One round trip.
    pub async fn get(&self, workspace: &WorkspaceId) -> Result<Option<String>, StoreError> {
        let key = key([("tenant_id", workspace.as_str()), ("server_id", SORT_KEY)]);
        let item: Option<KeyItem> = self.0.get("workspace_keys.get", key).await?;
        Ok(item.map(|item| item.wrapped_key))
    }

    /// Gives a workspace its first key, or one in place of `old`. Returns the key that it has then: another one if
    /// another instance was faster. One round trip.
    pub async fn replace(
        &self,
        workspace: &WorkspaceId,
        old: Option<&str>,
        new: &str,
    ) -> Result<String, StoreError> {
        const OPERATION: &str = "workspace_keys.replace";
        let item = KeyItem {
            tenant_id: workspace.clone(),
            server_id: SORT_KEY.to_owned(),
            wrapped_key: new.to_owned(),
        };
        let put = self
            .0
            .put_if(write(OPERATION, &item)?)
            .condition_expression("attribute_not_exists(server_id) OR wrapped_key = :old")
            // A first key replaces only itself, as a lost response makes the SDK send it again.
            .expression_attribute_values(":old", text(old.unwrap_or(new)));
        match put.send().await {
            Ok(_) => Ok(item.wrapped_key),
            Err(error) => match error.as_service_error() {
                Some(PutItemError::ConditionalCheckFailedException(refusal)) => {
                    let found = refusal.item.clone().ok_or_else(|| StoreError::key_taken(OPERATION))?;
                    Ok(read::<KeyItem>(OPERATION, found)?.wrapped_key)
                }
                _ => Err(StoreError::sdk(OPERATION, &error)),
            },
        }
    }
}
