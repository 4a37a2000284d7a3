//! Sealed upstream credentials, by user and credential id. The format of the seal is the vault's business; this table
//! adds versions, leases and the state of death.

use std::time::Duration;

use primitives::clock::Timestamp;
use primitives::ids::{CredentialId, UserRef};
use serde::{Deserialize, Serialize};

use super::StoreError;
use super::item::{Item, Table, Updated, key, number, send, text};

/// How long a refresh may hold its lease. The upstream call takes at most 8 s of it.
const LEASE: Duration = Duration::from_secs(20);

/// The `vault` table.
#[derive(Clone, Debug)]
pub struct VaultItems(pub(super) Table);

/// One sealed credential.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct VaultItem {
    /// Partition key.
    pub user_ref: UserRef,
    /// Sort key.
    pub credential_id: CredentialId,
    /// The credential, sealed.
    pub sealed: String,
    /// The number of saves.
    pub version: u64,
    /// Whether LangSmith has declared the credential dead.
    #[serde(default)]
    pub dead: bool,
    /// When LangSmith first refused the credential without declaring it dead, in seconds since the Unix epoch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suspect_since: Option<u64>,
    /// The holder of the lease for refreshing it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lease_id: Option<String>,
    /// When the lease expires, milliseconds since the Unix epoch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lease_until: Option<u64>,
    /// When a refresh may be retried after a failure, milliseconds since the Unix epoch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_at: Option<u64>,
    /// The browser session that brought it; it ends together with the credential.
    pub session_hash: String,
    /// When the store may delete it, seconds since the Unix epoch.
    pub purge_at: u64,
}

impl VaultItems {
    pub(super) const fn new(table: Table) -> Self {
        Self(table)
    }

    /// A credential. One round trip.
    pub async fn get(&self, user: &UserRef, id: &CredentialId) -> Result<Option<VaultItem>, StoreError> {
        self.0.get("vault.get", Self::key(user, id)).await
    }

    /// Takes the lease for refreshing a version; `None` when another instance holds it, has already refreshed, or has
    /// just failed to.
    pub async fn lease(
        &self,
        item: &VaultItem,
        lease_id: &str,
        now: Timestamp,
    ) -> Result<Option<VaultItem>, StoreError> {
        let update = self
            .0
            .update(Self::key(&item.user_ref, &item.credential_id))
            .condition_expression(
                "version = :version AND dead = :alive \
                 AND (attribute_not_exists(lease_until) OR lease_until <= :now OR lease_id = :lease) \
                 AND (attribute_not_exists(retry_at) OR retry_at <= :now)",
            )
            .update_expression("SET lease_id = :lease, lease_until = :until")
            .expression_attribute_values(":version", number(item.version))
            .expression_attribute_values(":alive", alive())
            .expression_attribute_values(":now", number(now.millis()))
            .expression_attribute_values(":lease", text(lease_id))
            .expression_attribute_values(":until", number(now.plus(LEASE).millis()));
        Ok(applied(send("vault.lease", update).await?))
    }

    /// Saves a refreshed credential. A late save is accepted as long as nobody saved in between: the upstream has
    /// rotated, and ours is the only working token. The sealed text identifies this attempt.
    pub async fn save(&self, item: &VaultItem, sealed: &str) -> Result<Option<VaultItem>, StoreError> {
        let next = item.version.saturating_add(1);
        let update = self
            .0
            .update(Self::key(&item.user_ref, &item.credential_id))
            .condition_expression("version = :version")
            .update_expression("SET sealed = :sealed, version = :next, dead = :alive REMOVE lease_id, lease_until, retry_at, suspect_since")
            .expression_attribute_values(":version", number(item.version))
            .expression_attribute_values(":next", number(next))
            .expression_attribute_values(":sealed", text(sealed))
            .expression_attribute_values(":alive", alive());
        Ok(match send::<VaultItem>("vault.save", update).await? {
            Updated::Applied(saved) => Some(saved),
            Updated::Refused(Some(found)) if found.sealed == sealed => Some(found),
            Updated::Refused(_) => None,
        })
    }

    /// Releases a lease after a failed refresh. Nobody retries before `retry_at`: each attempt may take seconds, and
    /// the old token may still work.
    pub async fn postpone(
        &self,
        item: &VaultItem,
        lease_id: &str,
        retry_at: Timestamp,
    ) -> Result<(), StoreError> {
        let update = self
            .0
            .update(Self::key(&item.user_ref, &item.credential_id))
            .condition_expression("lease_id = :lease")
            .update_expression("SET retry_at = :retry REMOVE lease_id, lease_until")
            .expression_attribute_values(":lease", text(lease_id))
            .expression_attribute_values(":retry", number(retry_at.millis()));
        send::<VaultItem>("vault.postpone", update).await.map(drop)
    }

    /// Records when LangSmith first refused the credential, or clears that.
    pub async fn suspect(&self, item: &VaultItem, since: Option<Timestamp>) -> Result<(), StoreError> {
        let update = self
            .0
            .update(Self::key(&item.user_ref, &item.credential_id))
            .condition_expression("version = :version")
            .expression_attribute_values(":version", number(item.version));
        let update = match since {
            Some(since) => update
                .update_expression("SET suspect_since = :since")
                .expression_attribute_values(":since", number(since.secs())),
            None => update.update_expression("REMOVE suspect_since"),
        };
        send::<VaultItem>("vault.suspect", update).await.map(drop)
    }

    pub(super) fn key(user: &UserRef, id: &CredentialId) -> Item {
        key([("user_ref", user.as_str()), ("credential_id", id.as_str())])
    }
}

const fn alive() -> aws_sdk_dynamodb::types::AttributeValue {
    aws_sdk_dynamodb::types::AttributeValue::Bool(false)
}

pub(super) fn applied<T>(updated: Updated<T>) -> Option<T> {
    match updated {
        Updated::Applied(item) => Some(item),
        Updated::Refused(_) => None,
    }
}
