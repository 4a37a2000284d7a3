//! Registered clients, by `client_id`.

use aws_sdk_dynamodb::operation::put_item::PutItemError;
use oauth::client::Client;
use oauth::client_id::has_our_form;
use oauth::document::ClientIdKind;
use oauth::grant::PURGE_DELAY;
use primitives::ids::ClientId;

use super::StoreError;
use super::item::{Item, Table, key, number, send_put, write};

/// DynamoDB's limit for the length of a key, in bytes. A longer one is an error there, and a made-up id must not look
/// like a failure.
const MAX_ID: usize = 2048;

/// The `clients` table.
#[derive(Clone, Debug)]
pub struct Clients(pub(super) Table);

impl Clients {
    pub(super) const fn new(table: Table) -> Self {
        Self(table)
    }

    /// Stores a new registration; never replaces an existing one. One round trip.
    pub async fn register(&self, client: &Client) -> Result<(), StoreError> {
        let operation = "clients.register";
        let mut item = write(operation, client)?;
        item.insert("purge_at".into(), number(client.expires_at.saturating_add(PURGE_DELAY.as_secs())));
        let put = self.0.put_if(item).condition_expression("attribute_not_exists(client_id)");
        if send_put(operation, put).await? { Ok(()) } else { Err(StoreError::key_taken(operation)) }
    }

    /// Opens the connection to the store for a function that may write clients but not read them: with a write whose
    /// condition no item can meet.
    pub async fn warm(&self) -> Result<(), StoreError> {
        let id = ClientId::new("-");
        let put = self.0.client.put_item().table_name(&self.0.name).set_item(Some(Self::key(&id)));
        let put = put.condition_expression("attribute_exists(client_id) AND attribute_not_exists(client_id)");
        match put.send().await {
            Err(error)
                if !error
                    .as_service_error()
                    .is_some_and(PutItemError::is_conditional_check_failed_exception) =>
            {
                Err(StoreError::sdk("clients.warm", &error))
            }
            Ok(_) | Err(_) => Ok(()),
        }
    }

    /// A registration, expired or not. `None` if it was changed after its identifier was assigned, which is logged, or
    /// if it is from before identifiers contained a hash, or at once for an identifier that nobody can have registered.
    /// One round trip.
    pub async fn get(&self, id: &ClientId) -> Result<Option<Client>, StoreError> {
        if id.as_str().len() > MAX_ID || ClientIdKind::of(id) == ClientIdKind::Document {
            return Ok(None);
        }
        let found: Option<Client> = self.0.get("clients.get", Self::key(id)).await?;
        match found {
            Some(client) if client.fits_its_id() => Ok(Some(client)),
            Some(_) if has_our_form(id) => {
                tracing::error!(target: "audit", event = "client_altered", client = %id);
                Ok(None)
            }
            Some(_) | None => Ok(None),
        }
    }

    pub(super) fn key(id: &ClientId) -> Item {
        key([("client_id", id.as_str())])
    }
}
