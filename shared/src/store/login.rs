//! The writes that concern both halves of a login: its browser session and its sealed credential.

use aws_sdk_dynamodb::types::AttributeValue;

use super::StoreError;
use super::item::{number, send, text};
use super::sessions::{BrowserSession, Sessions};
use super::vault::{VaultItem, VaultItems, applied};

impl VaultItem {
    /// The item of a login's credential, as sealed by the vault.
    pub fn of_login(session: &BrowserSession, sealed: String) -> Self {
        Self {
            user_ref: session.user_id.reference(),
            credential_id: session.credential_id.clone(),
            sealed,
            version: 1,
            dead: false,
            suspect_since: None,
            lease_id: None,
            lease_until: None,
            retry_at: None,
            session_hash: session.session_hash.clone(),
            purge_at: session.purge_at,
        }
    }
}

impl VaultItems {
    /// Marks a version as dead and ends the browser session that brought it, so that the next login asks for a new
    /// credential instead of reusing this one. After a refresh, the caller must still hold the lease: another instance
    /// that has taken it over may be about to save. False when a newer version was saved or the lease was lost.
    pub async fn mark_dead(
        &self,
        item: &VaultItem,
        lease_id: Option<&str>,
        sessions: &Sessions,
    ) -> Result<bool, StoreError> {
        let mut condition = String::from("version = :version");
        let mut update = self.0.update(Self::key(&item.user_ref, &item.credential_id));
        if let Some(lease_id) = lease_id {
            condition.push_str(" AND lease_id = :lease");
            update = update.expression_attribute_values(":lease", text(lease_id));
        }
        // The lease stays: a retry after a lost response must still find it.
        let update = update
            .condition_expression(condition)
            .update_expression("SET dead = :dead")
            .expression_attribute_values(":version", number(item.version))
            .expression_attribute_values(":dead", AttributeValue::Bool(true));
        let buried = applied::<VaultItem>(send("vault.mark_dead", update).await?).is_some();
        if buried {
            sessions.close(&item.session_hash).await?;
        }
        Ok(buried)
    }
}
