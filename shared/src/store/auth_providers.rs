//! Shared OAuth providers, in the `mcp-servers` table beside the servers that use them. As with servers, the name that a
//! provider has taken is an item of its own.

use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{Delete, Put, TransactWriteItem};
use primitives::ids::WorkspaceId;
use primitives::secret::sha256;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::StoreError;
use super::item::{Item, Table, key, read, text, write};
use crate::servers::{AuthProvider, ProviderLocation, ServerName};

/// The prefix of the sort keys of providers.
const PREFIX: &str = "provider:";

/// The providers.
#[derive(Clone, Debug)]
pub struct AuthProviders(Table);

/// The stored form.
#[derive(Serialize, Deserialize)]
struct ProviderItem {
    tenant_id: WorkspaceId,
    server_id: String,
    provider_id: Uuid,
    name: String,
    client_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    sealed_secret: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    issuer: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    authorization_endpoint: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_endpoint: Option<String>,
    created_at: u64,
}

impl AuthProviders {
    pub(super) const fn new(table: Table) -> Self {
        Self(table)
    }

    /// Configures a provider; false when another one of the workspace has its name. One round trip.
    pub async fn configure(&self, provider: &AuthProvider) -> Result<bool, StoreError> {
        const OPERATION: &str = "auth_providers.configure";
        let mut name = Self::key(&provider.workspace, &name_key(provider.name.as_str()));
        name.insert("owner".to_owned(), text(provider.id.to_string()));
        // A name that nobody has, or that our own earlier attempt took. The id is fresh, so the provider needs no
        // condition.
        let name = Put::builder()
            .set_item(Some(name))
            .condition_expression("attribute_not_exists(server_id) OR #owner = :owner")
            .expression_attribute_names("#owner", "owner")
            .expression_attribute_values(":owner", text(provider.id.to_string()));
        let item = Put::builder().set_item(Some(write(OPERATION, &ProviderItem::of(provider))?));
        let mut writes = Vec::new();
        for put in [item, name] {
            let put = put.table_name(&self.0.name).build().map_err(|_| StoreError::not_built(OPERATION))?;
            writes.push(TransactWriteItem::builder().put(put).build());
        }
        let answer = self.0.client.transact_write_items().set_transact_items(Some(writes));
        match answer.send().await {
            Ok(_) => Ok(true),
            Err(error) => match error.as_service_error() {
                Some(TransactWriteItemsError::TransactionCanceledException(canceled))
                    if canceled
                        .cancellation_reasons()
                        .iter()
                        .any(|reason| reason.code() == Some("ConditionalCheckFailed")) =>
                {
                    Ok(false)
                }
                _ => Err(StoreError::sdk(OPERATION, &error)),
            },
        }
    }

    /// A provider of a workspace. One round trip.
    pub async fn get(&self, workspace: &WorkspaceId, id: Uuid) -> Result<Option<AuthProvider>, StoreError> {
        const OPERATION: &str = "auth_providers.get";
        let item: Option<ProviderItem> = self.0.get(OPERATION, Self::key(workspace, &sort_key(id))).await?;
        item.map(|item| item.provider(OPERATION)).transpose()
    }

    /// All providers of a workspace, sorted by id. One round trip for about 1 MB of them.
    pub async fn list(&self, workspace: &WorkspaceId) -> Result<Vec<AuthProvider>, StoreError> {
        const OPERATION: &str = "auth_providers.list";
        let (mut providers, mut after) = (Vec::new(), None);
        loop {
            let query = self.0.client.query().table_name(&self.0.name).consistent_read(true);
            let page = query
                .key_condition_expression("tenant_id = :tenant AND begins_with(server_id, :prefix)")
                .expression_attribute_values(":tenant", text(workspace.as_str()))
                .expression_attribute_values(":prefix", text(PREFIX))
                .set_exclusive_start_key(after)
                .send()
                .await
                .map_err(|error| StoreError::sdk(OPERATION, &error))?;
            for item in page.items.unwrap_or_default() {
                providers.push(read::<ProviderItem>(OPERATION, item)?.provider(OPERATION)?);
            }
            after = page.last_evaluated_key;
            if after.is_none() {
                return Ok(providers);
            }
        }
    }

    /// Deletes a provider and frees its name. One round trip.
    pub async fn delete(&self, provider: &AuthProvider) -> Result<(), StoreError> {
        const OPERATION: &str = "auth_providers.delete";
        let keys = [sort_key(provider.id), name_key(provider.name.as_str())];
        let mut writes = Vec::new();
        for sort_key in keys {
            let delete = Delete::builder()
                .table_name(&self.0.name)
                .set_key(Some(Self::key(&provider.workspace, &sort_key)))
                .build()
                .map_err(|_| StoreError::not_built(OPERATION))?;
            writes.push(TransactWriteItem::builder().delete(delete).build());
        }
        let sent = self.0.client.transact_write_items().set_transact_items(Some(writes)).send().await;
        sent.map(drop).map_err(|error| StoreError::sdk(OPERATION, &error))
    }

    fn key(workspace: &WorkspaceId, sort_key: &str) -> Item {
        key([("tenant_id", workspace.as_str()), ("server_id", sort_key)])
    }
}

fn sort_key(id: Uuid) -> String {
    format!("{PREFIX}{}", id.hyphenated())
}

fn name_key(name: &str) -> String {
    format!("provider-name:{}", sha256(name.as_bytes()))
}

impl ProviderItem {
    fn of(provider: &AuthProvider) -> Self {
        let (issuer, authorization_endpoint, token_endpoint) = match &provider.location {
            ProviderLocation::Issuer(issuer) => (Some(issuer.clone()), None, None),
            ProviderLocation::Endpoints { authorization, token } => {
                (None, Some(authorization.clone()), Some(token.clone()))
            }
        };
        Self {
            tenant_id: provider.workspace.clone(),
            server_id: sort_key(provider.id),
            provider_id: provider.id,
            name: provider.name.as_str().to_owned(),
            client_id: provider.client_id.clone(),
            sealed_secret: provider.sealed_secret.clone(),
            issuer,
            authorization_endpoint,
            token_endpoint,
            created_at: provider.created_at,
        }
    }

    fn provider(self, operation: &'static str) -> Result<AuthProvider, StoreError> {
        let wrong = |cause: &str| StoreError::Malformed { operation, cause: cause.to_owned() };
        let location = match (self.issuer, self.authorization_endpoint, self.token_endpoint) {
            (Some(issuer), None, None) => ProviderLocation::Issuer(issuer),
            (None, Some(authorization), Some(token)) => ProviderLocation::Endpoints { authorization, token },
            _ => return Err(wrong("issuer")),
        };
        Ok(AuthProvider {
            workspace: self.tenant_id,
            id: self.provider_id,
            name: ServerName::parse(&self.name).map_err(|_| wrong("name"))?,
            client_id: self.client_id,
            sealed_secret: self.sealed_secret,
            location,
            created_at: self.created_at,
        })
    }
}
