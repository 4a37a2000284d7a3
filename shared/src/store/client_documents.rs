//! Documents of clients, by the URL that is the `client_id`: a cache that all instances share. Nothing depends on an item
//! being there, because a grant holds everything that its tokens need.

use primitives::ids::ClientId;
use serde::Deserialize;

use super::item::{number, text};
use super::{Clients, StoreError};

/// A document as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredDocument {
    /// The content and how long it is fresh, sealed: `/register` may write this table, and must not decide where the
    /// codes of a client go.
    pub sealed: String,
    /// When the store deletes it, seconds since the Unix epoch.
    pub purge_at: u64,
}

/// What is read of an item. Whoever writes something else under a URL has stored no document.
#[derive(Deserialize)]
struct Item {
    document: Option<String>,
}

impl Clients {
    /// The sealed document at this URL. One round trip.
    pub async fn document(&self, url: &ClientId) -> Result<Option<String>, StoreError> {
        let found: Option<Item> = self.0.get("clients.document", Self::key(url)).await?;
        Ok(found.and_then(|item| item.document))
    }

    /// Stores a document in place of an earlier one. One round trip.
    pub async fn keep_document(&self, url: &ClientId, document: &StoredDocument) -> Result<(), StoreError> {
        // An update and not a put, which the function that fetches documents has no permission for.
        let update = self
            .0
            .client
            .update_item()
            .table_name(&self.0.name)
            .set_key(Some(Self::key(url)))
            .update_expression("SET document = :document, purge_at = :purge")
            .expression_attribute_values(":document", text(&document.sealed))
            .expression_attribute_values(":purge", number(document.purge_at));
        update.send().await.map(drop).map_err(|error| StoreError::sdk("clients.keep_document", &error))
    }
}
