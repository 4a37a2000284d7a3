//! The users' own credentials for servers: made and ended on a page of ours, and opened for requests to the server.

use std::sync::Arc;
use std::time::Duration;

use primitives::clock::{SharedClock, Timestamp};
use primitives::ids::UserRef;
use primitives::timed::TimedMap;

use super::{ConnectedServer, OwnCredential, SharedVault, VaultError};
use crate::store::{OwnCredentialItem, OwnCredentials, StoreError};

/// How long an opened credential is cached: the time until the end of a connection is noticed everywhere.
const REMEMBERED: Duration = Duration::from_secs(5);
/// How long a connection lasts, as long as a grant at most.
const LIFE: Duration = Duration::from_hours(365 * 24);

/// Why a connection could not be read or made. It may be fine.
#[derive(Debug, thiserror::Error)]
pub enum ServerConnectionError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The vault failed.
    #[error(transparent)]
    Vault(#[from] VaultError),
}

/// The connections of all users.
#[derive(Clone)]
pub struct ServerConnections {
    items: OwnCredentials,
    vault: SharedVault,
    clock: SharedClock,
    remembered: Arc<TimedMap<(UserRef, String), OwnCredential>>,
}

impl ServerConnections {
    /// The connections in a stack's tables and vault.
    pub fn new(items: OwnCredentials, vault: SharedVault, clock: SharedClock) -> Self {
        Self { items, vault, clock, remembered: Arc::new(TimedMap::new(REMEMBERED)) }
    }

    /// When a user connected to a server, if they are connected. The credential is not opened. One round trip.
    pub async fn since(
        &self,
        user: &UserRef,
        server: &ConnectedServer,
    ) -> Result<Option<Timestamp>, StoreError> {
        let item = self.item(user, server).await?;
        Ok(item.map(|item| Timestamp::from_secs(item.connected_at)))
    }

    /// Connects a user, in place of an earlier connection. One round trip, beside those of the vault.
    pub async fn connect(
        &self,
        user: &UserRef,
        server: &ConnectedServer,
        credential: &OwnCredential,
    ) -> Result<(), ServerConnectionError> {
        let sealed = self.vault.seal_own(user, server, credential).await?;
        let now = self.clock.now();
        let (place, content) = ((user, server.name.as_str()), (server.address.as_str(), sealed));
        let item = OwnCredentialItem::new(place, content, (now, now.plus(LIFE)));
        self.items.put(&item).await?;
        self.forget(user, server);
        Ok(())
    }

    /// Ends a user's connection. One round trip.
    pub async fn end(&self, user: &UserRef, server: &ConnectedServer) -> Result<(), StoreError> {
        self.items.delete(user, &server.name).await?;
        self.forget(user, server);
        Ok(())
    }

    /// The user's credential for a server, if they are connected. One round trip, beside those of the vault; none for five
    /// seconds after the last one.
    pub async fn open(
        &self,
        user: &UserRef,
        server: &ConnectedServer,
    ) -> Result<Option<OwnCredential>, ServerConnectionError> {
        // The cached time counts from before the read: a connection that ends while it is opened is noticed in time.
        let (key, now) = ((user.clone(), server.name.clone()), self.clock.now());
        if let Some(known) = self.remembered.get(&key, now) {
            return Ok(Some(known));
        }
        let (item, ()) = tokio::join!(self.item(user, server), self.vault.prepare(user));
        let Some(item) = item? else { return Ok(None) };
        match self.vault.open_own(user, server, &item.sealed).await {
            Ok(credential) => {
                self.remembered.put(key, credential.clone(), now);
                Ok(Some(credential))
            }
            // The user's key in the vault is gone, with everything under it.
            Err(VaultError::Unopenable) => {
                tracing::error!(server = %server.name, "a connection does not open under this stack's key");
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn item(
        &self,
        user: &UserRef,
        server: &ConnectedServer,
    ) -> Result<Option<OwnCredentialItem>, StoreError> {
        let (now, item) = (self.clock.now(), self.items.get(user, &server.name).await?);
        Ok(item.filter(|item| item.is_live(now) && item.address == server.address))
    }

    fn forget(&self, user: &UserRef, server: &ConnectedServer) {
        self.remembered.remove(&(user.clone(), server.name.clone()));
    }
}
