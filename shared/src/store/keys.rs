//! Small items that the whole stack shares: the public keys, our registration at LangSmith, and the brake on credential
//! endings.

use aws_sdk_dynamodb::types::AttributeValue;
use oauth::keys::Jwks;
use primitives::clock::Timestamp;
use primitives::ids::CredentialId;
use primitives::secret::sha256;
use serde::{Deserialize, Serialize};

use super::StoreError;
use super::item::{Item, Table, Updated, key, number, send, text};

/// How many credentials may be ended in one window before the brake engages.
const MAX_ENDINGS: u64 = 30;
/// The brake's window, in seconds. Windows are fixed, so around the border of two, twice as many may end.
const ENDINGS_WINDOW: u64 = 600;

/// The `keys` table.
#[derive(Clone, Debug)]
pub struct Keys(Table);

#[derive(Serialize, Deserialize)]
struct JwksItem {
    id: String,
    jwks: Jwks,
}

#[derive(Serialize, Deserialize)]
struct UpstreamClientItem {
    id: String,
    client_id: String,
}

impl Keys {
    pub(super) const fn new(table: Table) -> Self {
        Self(table)
    }

    /// Publishes the public keys. One round trip.
    pub async fn publish(&self, jwks: &Jwks) -> Result<(), StoreError> {
        self.0.put("keys.publish", &JwksItem { id: "jwks".into(), jwks: jwks.clone() }).await
    }

    /// The public keys, if they have ever been published. One round trip.
    pub async fn jwks(&self) -> Result<Option<Jwks>, StoreError> {
        let item: Option<JwksItem> = self.0.get("keys.jwks", Self::key("jwks")).await?;
        Ok(item.map(|item| item.jwks))
    }

    /// Our client id at an upstream issuer, registered with this callback.
    pub async fn upstream_client(&self, issuer: &str, callback: &str) -> Result<Option<String>, StoreError> {
        let item: Option<UpstreamClientItem> =
            self.0.get("keys.upstream_client", Self::key(&upstream_id(issuer, callback))).await?;
        Ok(item.map(|item| item.client_id))
    }

    /// Stores our registration, replacing one that the upstream no longer knows. The first of two racing instances
    /// wins, and both use the winner's id.
    pub async fn remember_upstream_client(
        &self,
        issuer: &str,
        callback: &str,
        client_id: &str,
        gone: Option<&str>,
    ) -> Result<String, StoreError> {
        let mut condition = String::from("attribute_not_exists(client_id)");
        let mut update = self.0.update(Self::key(&upstream_id(issuer, callback)));
        if let Some(gone) = gone {
            condition.push_str(" OR client_id = :gone");
            update = update.expression_attribute_values(":gone", text(gone));
        }
        let update = update
            .condition_expression(condition)
            .update_expression("SET client_id = :id")
            .expression_attribute_values(":id", text(client_id));
        Ok(match send::<UpstreamClientItem>("keys.remember_upstream_client", update).await? {
            Updated::Applied(item) | Updated::Refused(Some(item)) => item.client_id,
            Updated::Refused(None) => client_id.to_owned(),
        })
    }

    /// Counts the ending of a credential, and returns whether it is permitted now. A burst of endings counts as an
    /// upstream fault until a person says otherwise: it must not log everybody out. Repeated requests for the same
    /// credential count once.
    pub async fn may_end_credential(&self, id: &CredentialId, now: Timestamp) -> Result<bool, StoreError> {
        #[derive(Deserialize)]
        struct Endings {}
        let window = now.secs() / ENDINGS_WINDOW;
        let update = self
            .0
            .update(Self::key(&format!("endings:{window}")))
            .condition_expression(
                "attribute_not_exists(credentials) OR size(credentials) < :max OR contains(credentials, :id)",
            )
            .update_expression("ADD credentials :ids SET purge_at = :purge")
            .expression_attribute_values(":max", number(MAX_ENDINGS))
            .expression_attribute_values(":id", text(id.as_str()))
            .expression_attribute_values(":ids", AttributeValue::Ss(vec![id.as_str().to_owned()]))
            .expression_attribute_values(":purge", number(now.secs().saturating_add(2 * 86_400)));
        Ok(matches!(send::<Endings>("keys.may_end_credential", update).await?, Updated::Applied(_)))
    }

    fn key(id: &str) -> Item {
        key([("id", id)])
    }
}

fn upstream_id(issuer: &str, callback: &str) -> String {
    format!("upstream:{}", sha256(format!("{issuer} {callback}").as_bytes()))
}
