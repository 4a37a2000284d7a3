//! Items of one browser: a pending login at LangSmith, and the session that it opens. Keys are hashes of values that
//! only that browser has.

use std::fmt;

use aws_sdk_dynamodb::operation::delete_item::DeleteItemError;
use oauth::return_to::ReturnTo;
use primitives::clock::Timestamp;
use primitives::ids::{CredentialId, UserId, WorkspaceId};
use primitives::server_permissions::ServerPermissions;
use serde::{Deserialize, Serialize};

use super::item::{Item, Table, Updated, key, may_try_again, number, send, send_put, text, write};
use super::vault::{VaultItem, VaultItems};
use super::{SignedInAs, StoreError};

/// The `sessions` table.
#[derive(Clone, Debug)]
pub struct Sessions(pub(super) Table);

/// A pending login at LangSmith (RFC 6749 section 10.12: its `state` is bound to the browser).
#[derive(Clone, Serialize, Deserialize)]
pub struct PendingLogin {
    /// Hash of the `state`.
    pub session_hash: String,
    /// Hash of the browser's cookie.
    pub browser: String,
    /// The client id with which the login began: the code is bound to it.
    pub client_id: String,
    /// The authorization server at which the login began: nobody else gets the code (RFC 9207).
    pub issuer: String,
    /// Our PKCE verifier, sealed.
    pub verifier: String,
    /// The target of the browser after the login.
    #[serde(rename = "request")]
    pub return_to: ReturnTo,
    /// When the login expires, seconds since the Unix epoch.
    pub expires_at: u64,
    /// When the store may delete it, seconds since the Unix epoch.
    pub purge_at: u64,
}

/// A workspace as the consent page offers it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkspaceEntry {
    /// Its id.
    pub id: WorkspaceId,
    /// Its display name.
    pub name: String,
    /// Its short name in LangSmith's addresses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handle: Option<String>,
    /// What the person may do with its registered MCP servers. Missing in items of an earlier version.
    #[serde(default)]
    pub servers: ServerPermissions,
}

/// A browser session with a logged-in person.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct BrowserSession {
    /// Hash of the cookie.
    pub session_hash: String,
    /// The user.
    pub user_id: UserId,
    /// The credential that the login brought; every grant that this browser approves uses it.
    pub credential_id: CredentialId,
    /// How the pages describe them. Missing in items of an earlier version.
    #[serde(default)]
    pub signed_in: SignedInAs,
    /// The workspaces to choose from.
    pub workspaces: Vec<WorkspaceEntry>,
    /// The workspace that the login was for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preferred: Option<WorkspaceId>,
    /// When the session expires, seconds since the Unix epoch.
    pub expires_at: u64,
    /// When the store may delete it, seconds since the Unix epoch.
    pub purge_at: u64,
}

impl BrowserSession {
    /// Whether the session still skips the login.
    pub const fn is_live(&self, now: Timestamp) -> bool {
        now.secs() < self.expires_at
    }
}

impl fmt::Debug for PendingLogin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PendingLogin").field("return_to", &self.return_to).finish_non_exhaustive()
    }
}

impl Sessions {
    pub(super) const fn new(table: Table) -> Self {
        Self(table)
    }

    /// Stores a pending login; repeatable. False when it was already taken, so its login page is used up. One round
    /// trip.
    pub async fn begin(&self, login: &PendingLogin) -> Result<bool, StoreError> {
        let operation = "sessions.begin";
        let put =
            self.0.put_if(write(operation, login)?).condition_expression("attribute_not_exists(taken_by)");
        send_put(operation, put).await
    }

    /// Takes a pending login, once. `attempt` is a value that only this attempt knows, so that its own retry after a
    /// lost response still succeeds. Another browser can neither take it nor use it up. One round trip.
    pub async fn take_login(
        &self,
        session_hash: &str,
        browser: &str,
        attempt: &str,
    ) -> Result<Option<PendingLogin>, StoreError> {
        let update = self
            .0
            .update(Self::key(session_hash))
            .condition_expression(
                "browser = :browser AND (attribute_not_exists(taken_by) OR taken_by = :attempt)",
            )
            .update_expression("SET taken_by = :attempt")
            .expression_attribute_values(":browser", text(browser))
            .expression_attribute_values(":attempt", text(attempt));
        Ok(match send("sessions.take", update).await? {
            Updated::Applied(login) => Some(login),
            Updated::Refused::<PendingLogin>(_) => None,
        })
    }

    /// Opens a session together with the credential that its login brought. One round trip.
    pub async fn open(
        &self,
        session: &BrowserSession,
        vault: &VaultItems,
        credential: &VaultItem,
    ) -> Result<(), StoreError> {
        use aws_sdk_dynamodb::types::{Put, TransactWriteItem};
        let operation = "sessions.open";
        let put = |table: &Table, item: Item| {
            let put = Put::builder().table_name(&table.name).set_item(Some(item)).build();
            Ok(TransactWriteItem::builder().put(put.map_err(|_| StoreError::not_built(operation))?).build())
        };
        self.0
            .client
            .transact_write_items()
            .transact_items(put(&self.0, write(operation, session)?)?)
            .transact_items(put(&vault.0, write(operation, credential)?)?)
            .send()
            .await
            .map_err(|error| StoreError::sdk(operation, &error))?;
        Ok(())
    }

    /// A session, expired or not. One round trip.
    pub async fn get(&self, session_hash: &str) -> Result<Option<BrowserSession>, StoreError> {
        self.0.get("sessions.get", Self::key(session_hash)).await
    }

    /// Ends a session. One round trip, and one more for each conflict with a consent in another tab.
    pub async fn close(&self, session_hash: &str) -> Result<(), StoreError> {
        let key = Self::key(session_hash);
        let delete = self.0.client.delete_item().table_name(&self.0.name).set_key(Some(key));
        let mut attempt = 0;
        loop {
            let Err(error) = delete.clone().send().await else { return Ok(()) };
            let conflict =
                error.as_service_error().is_some_and(DeleteItemError::is_transaction_conflict_exception);
            if !conflict || !may_try_again(attempt).await {
                return Err(StoreError::sdk("sessions.close", &error));
            }
            attempt += 1;
        }
    }

    pub(super) fn key(session_hash: &str) -> Item {
        key([("session_hash", session_hash)])
    }

    pub(super) fn live(now: Timestamp) -> (&'static str, aws_sdk_dynamodb::types::AttributeValue) {
        ("attribute_exists(user_id) AND expires_at > :now", number(now.secs()))
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::types::AttributeValue;
    use oauth::request::AuthorizeRequest;
    use oauth::resource::Resource;
    use primitives::ids::ClientId;

    use super::*;
    use crate::store::SignedInWith;

    #[test]
    fn a_session_of_an_earlier_version_is_read() {
        let item = serde_json::json!({
            "session_hash": "h", "user_id": "u", "credential_id": "c", "label": "your LangSmith account",
            "workspaces": [], "expires_at": 1, "purge_at": 2,
        });
        let session: BrowserSession = serde_json::from_value(item).unwrap();
        assert_eq!(session.signed_in, SignedInAs::new(SignedInWith::Unknown));
    }

    #[test]
    fn a_session_lives_until_its_last_second() {
        let item = serde_json::json!({
            "session_hash": "h", "user_id": "u", "credential_id": "c", "workspaces": [], "expires_at": 100, "purge_at": 200,
        });
        let session: BrowserSession = serde_json::from_value(item).unwrap();
        let is_live = [0, 99, 100, 101].map(|secs| session.is_live(Timestamp::from_secs(secs)));
        assert_eq!(is_live, [true, true, false, false]);
    }

    #[test]
    fn a_pending_login_shows_its_target_and_no_more() {
        let login = PendingLogin {
            session_hash: "hash-of-the-state".into(),
            browser: "hash-of-the-cookie".into(),
            client_id: "c".into(),
            issuer: "https://as.example".into(),
            verifier: "sealed-verifier".into(),
            return_to: ReturnTo::Connections,
            expires_at: 1,
            purge_at: 2,
        };
        assert_eq!(format!("{login:?}"), "PendingLogin { return_to: Connections, .. }");
    }

    /// The target is an untagged enum, which depends on how the format describes itself.
    #[test]
    fn every_target_of_a_login_is_read_back() {
        let request = AuthorizeRequest {
            client_id: ClientId::new("c"),
            redirect_uri: "https://c/cb".into(),
            state: None,
            challenge: "x".into(),
            scope: "langsmith:read".into(),
            resource: Resource::of_server_path("/agents/a/mcp").unwrap(),
        };
        for target in [ReturnTo::Connections, ReturnTo::from(request)] {
            let stored: AttributeValue = serde_dynamo::to_attribute_value(&target).unwrap();
            assert_eq!(serde_dynamo::from_attribute_value::<_, ReturnTo>(stored).unwrap(), target);
        }
    }
}
