//! The users' own credentials for servers other than LangSmith. They are in the `vault` table, beside those for LangSmith.

use primitives::clock::Timestamp;
use primitives::ids::UserRef;
use serde::{Deserialize, Serialize};

use super::StoreError;
use super::item::{Item, Table, key};

/// The users' credentials for servers, in the `vault` table.
#[derive(Clone, Debug)]
pub struct OwnCredentials(Table);

/// A user's credential for a server, sealed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct OwnCredentialItem {
    /// Partition key.
    user_ref: UserRef,
    /// Sort key: the server's name, in a form that no id of a LangSmith credential has.
    credential_id: String,
    /// The address of the server for which the user gave it.
    pub address: String,
    /// The credential, sealed.
    pub sealed: String,
    /// When the user gave it, seconds since the Unix epoch.
    pub connected_at: u64,
    /// When it expires and the store may delete it, seconds since the Unix epoch.
    purge_at: u64,
}

impl OwnCredentialItem {
    /// A credential that a user gives now.
    pub fn new(
        (user, server): (&UserRef, &str),
        (address, sealed): (&str, String),
        (now, expiry): (Timestamp, Timestamp),
    ) -> Self {
        Self {
            user_ref: user.clone(),
            credential_id: sort_key(server),
            address: address.to_owned(),
            sealed,
            connected_at: now.secs(),
            purge_at: expiry.secs(),
        }
    }

    /// Whether it has not expired.
    pub const fn is_live(&self, now: Timestamp) -> bool {
        now.secs() < self.purge_at
    }
}

impl OwnCredentials {
    pub(super) const fn new(table: Table) -> Self {
        Self(table)
    }

    /// A user's credential for the server of this name. One round trip.
    pub async fn get(&self, user: &UserRef, server: &str) -> Result<Option<OwnCredentialItem>, StoreError> {
        self.0.get("own_credentials.get", Self::key(user, server)).await
    }

    /// Stores a credential in place of an earlier one: of two forms that are submitted at once, the last one counts. One
    /// round trip.
    pub async fn put(&self, item: &OwnCredentialItem) -> Result<(), StoreError> {
        self.0.put("own_credentials.put", item).await
    }

    /// Deletes a user's credential for the server of this name; one that does not exist is no error. One round trip.
    pub async fn delete(&self, user: &UserRef, server: &str) -> Result<(), StoreError> {
        self.0.delete("own_credentials.delete", Self::key(user, server)).await
    }

    fn key(user: &UserRef, server: &str) -> Item {
        key([("user_ref", user.as_str()), ("credential_id", &sort_key(server))])
    }
}

fn sort_key(server: &str) -> String {
    format!("server:{server}")
}
