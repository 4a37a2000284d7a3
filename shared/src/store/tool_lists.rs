//! The tools of MCP servers, in the `tool-cache` table: one item for each list, with the lease of whoever fetches it.

use std::time::Duration;

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use primitives::clock::Timestamp;
use primitives::secret::sha256;

use super::StoreError;
use super::item::{Item, Table, Updated, key, number, send, text};

/// How long a list is kept after it was fetched, to be served when its server fails.
const KEPT: Duration = Duration::from_hours(7 * 24);

/// The `tool-cache` table.
#[derive(Clone, Debug)]
pub struct ToolLists(pub(super) Table);

/// What a list depends on. Nothing of one caller's list may reach another, so all of it is in the key.
#[derive(Clone, Copy, Debug)]
pub struct ToolListKey<'k> {
    /// The workspace.
    pub workspace: &'k str,
    /// The canonical URL of the server.
    pub url: &'k str,
    /// The OAuth provider whose token is sent, if one is.
    pub provider: Option<&'k str>,
    /// The person whose token is sent, if it is a person's.
    pub person: Option<&'k str>,
}

/// A stored list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredToolList {
    /// The revision of the server for which it was fetched: for another one it is void.
    pub revision: String,
    /// The list, in the format of whoever stored it.
    pub list: Vec<u8>,
    /// When it was fetched, in milliseconds since the Unix epoch.
    pub fetched_at: u64,
    /// Until when it is fresh, in milliseconds since the Unix epoch.
    pub fresh_until: u64,
}

/// The state of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToolListState {
    /// The last good list.
    pub stored: Option<StoredToolList>,
    /// Until when somebody may fetch a new one, if somebody does.
    pub leased_until: Option<Timestamp>,
}

impl ToolListKey<'_> {
    /// The hash under which the list is stored. Lengths keep the parts apart, whatever is in them.
    pub fn hash(&self) -> String {
        let part = |part: Option<&str>| part.map_or("-".to_owned(), |part| format!("{}:{part}", part.len()));
        let parts = [Some(self.workspace), Some(self.url), self.provider, self.person].map(part);
        sha256(parts.join("/").as_bytes())
    }

    pub(super) fn item_key(&self) -> Item {
        key([("cache_key", self.hash().as_str())])
    }
}

impl ToolLists {
    pub(super) const fn new(table: Table) -> Self {
        Self(table)
    }

    /// The last good list, and who fetches a new one. One round trip.
    pub async fn state(&self, key: &ToolListKey<'_>) -> Result<ToolListState, StoreError> {
        const OPERATION: &str = "tool_lists.state";
        let get = self.0.client.get_item().table_name(&self.0.name).set_key(Some(key.item_key()));
        let answer =
            get.consistent_read(true).send().await.map_err(|error| StoreError::sdk(OPERATION, &error))?;
        let item = answer.item.unwrap_or_default();
        let until = item.get("lease_until").and_then(|until| until.as_n().ok()?.parse().ok());
        Ok(ToolListState {
            stored: stored(OPERATION, &item)?,
            leased_until: until.map(Timestamp::from_millis),
        })
    }

    /// Takes the lease for fetching a list; false while another instance holds it, and when a list of this revision has
    /// been stored at `since` or later: whoever asks has only to read it. One round trip.
    pub async fn lease(
        &self,
        key: &ToolListKey<'_>,
        (lease_id, revision): (&str, &str),
        (since, now, until): (Timestamp, Timestamp, Timestamp),
    ) -> Result<bool, StoreError> {
        let update = self
            .0
            .update(key.item_key())
            .condition_expression(
                "(attribute_not_exists(lease_until) OR lease_until <= :now OR lease_id = :lease) \
                 AND (attribute_not_exists(fetched_at) OR fetched_at < :since OR revision <> :revision)",
            )
            .update_expression(
                "SET lease_id = :lease, lease_until = :until, purge_at = if_not_exists(purge_at, :purge)",
            )
            .expression_attribute_values(":now", number(now.millis()))
            .expression_attribute_values(":since", number(since.millis()))
            .expression_attribute_values(":revision", text(revision))
            .expression_attribute_values(":lease", text(lease_id))
            .expression_attribute_values(":until", number(until.millis()))
            .expression_attribute_values(":purge", number(now.plus(KEPT).secs()));
        Ok(matches!(send::<Nothing>("tool_lists.lease", update).await?, Updated::Applied(_)))
    }

    /// Stores a list and ends the lease under which it was fetched. A late one, whose lease another instance has taken
    /// over, is stored all the same: it is as good. One round trip.
    pub async fn put(&self, key: &ToolListKey<'_>, list: &StoredToolList) -> Result<(), StoreError> {
        const OPERATION: &str = "tool_lists.put";
        let mut item = key.item_key();
        let kept_until = Timestamp::from_millis(list.fetched_at).plus(KEPT).secs();
        item.extend([
            ("revision".to_owned(), text(list.revision.as_str())),
            ("list".to_owned(), AttributeValue::B(Blob::new(list.list.as_slice()))),
            ("fetched_at".to_owned(), number(list.fetched_at)),
            ("fresh_until".to_owned(), number(list.fresh_until)),
            ("purge_at".to_owned(), number(kept_until.max(list.fresh_until / 1000))),
        ]);
        let put = self.0.client.put_item().table_name(&self.0.name).set_item(Some(item));
        put.send().await.map(drop).map_err(|error| StoreError::sdk(OPERATION, &error))
    }

    /// Ends a lease whose holder has no list to store. One round trip.
    pub async fn release(&self, key: &ToolListKey<'_>, lease_id: &str) -> Result<(), StoreError> {
        let update = self
            .0
            .update(key.item_key())
            .condition_expression("lease_id = :lease")
            .update_expression("REMOVE lease_id, lease_until")
            .expression_attribute_values(":lease", text(lease_id));
        send::<Nothing>("tool_lists.release", update).await.map(drop)
    }

    /// Forgets a list. One that does not exist is no error. One round trip.
    pub async fn forget(&self, key: &ToolListKey<'_>) -> Result<(), StoreError> {
        self.0.delete("tool_lists.forget", key.item_key()).await
    }
}

/// The members of an item that a conditional update returns and nobody reads.
#[derive(serde::Deserialize)]
struct Nothing {}

/// The list in an item, if there is one: an item may hold no more than a lease.
pub(super) fn stored(operation: &'static str, item: &Item) -> Result<Option<StoredToolList>, StoreError> {
    let wrong = |name: &str| StoreError::Malformed { operation, cause: name.to_owned() };
    let millis = |name: &str| {
        let value = item.get(name).and_then(|value| value.as_n().ok()).and_then(|value| value.parse().ok());
        value.ok_or_else(|| wrong(name))
    };
    let Some(list) = item.get("list") else { return Ok(None) };
    let list = list.as_b().map_err(|_| wrong("list"))?.as_ref().to_vec();
    let revision =
        item.get("revision").and_then(|value| value.as_s().ok()).ok_or_else(|| wrong("revision"))?;
    Ok(Some(StoredToolList {
        revision: revision.clone(),
        list,
        fetched_at: millis("fetched_at")?,
        fresh_until: millis("fresh_until")?,
    }))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_part_makes_another_key() {
        let whole = ToolListKey { workspace: "w", url: "u", provider: Some("p"), person: Some("q") };
        let keys = [
            whole,
            ToolListKey { workspace: "x", ..whole },
            ToolListKey { url: "x", ..whole },
            ToolListKey { provider: Some("x"), ..whole },
            ToolListKey { provider: None, ..whole },
            ToolListKey { person: Some("x"), ..whole },
            ToolListKey { person: None, ..whole },
            ToolListKey { provider: Some("q"), person: Some("p"), ..whole },
            ToolListKey { workspace: "w/1:u", url: "", ..whole },
            ToolListKey { provider: Some("-"), person: None, ..whole },
            ToolListKey { provider: None, person: Some("-"), ..whole },
        ];
        let hashes: BTreeSet<_> = keys.iter().map(ToolListKey::hash).collect();
        assert_eq!(hashes.len(), keys.len());
    }
}
