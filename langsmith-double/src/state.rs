//! The state of a running double.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicUsize};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;
use uuid::Uuid;

use crate::Options;
use crate::data::World;
use crate::data_plane::DataPlanes;
use crate::faults::Faults;
use crate::handle::Handle;
use crate::modes::Modes;
use crate::oauth::{Registry, Tokens};
use crate::record::Log;
use crate::service::Service;

/// The state shared by all requests.
pub(crate) struct App {
    /// `http://127.0.0.1:PORT`, also the OAuth issuer and the resource identifier.
    pub(crate) base: String,
    pub(crate) world: World,
    pub(crate) modes: Modes,
    pub(crate) service: Service,
    pub(crate) clients: Registry,
    pub(crate) tokens: Tokens,
    pub(crate) faults: Faults,
    pub(crate) log: Log,
    stopping: watch::Receiver<bool>,
    revoked_keys: Mutex<BTreeSet<String>>,
    pub(crate) misspelled_issuer: AtomicBool,
    pub(crate) data_planes: DataPlanes,
    pub(crate) control_plane: Option<Handle>,
    /// The number of additional workspaces of every caller; they exist in lists only.
    pub(crate) more_workspaces: AtomicUsize,
    /// Workspaces of another organization: a list covers one organization only.
    pub(crate) other_organization: Mutex<BTreeSet<Uuid>>,
}

impl App {
    /// The initial state.
    pub(crate) fn new(
        base: String,
        world: World,
        options: &Options,
        stopping: watch::Receiver<bool>,
    ) -> Self {
        Self {
            base,
            world,
            modes: options.modes,
            service: options.service,
            clients: Registry::new(&options.redirect_uris),
            tokens: Tokens::new(options.access_ttl_secs),
            stopping,
            faults: Faults::default(),
            log: Log::default(),
            revoked_keys: Mutex::default(),
            misspelled_issuer: AtomicBool::new(false),
            data_planes: DataPlanes::default(),
            control_plane: options.control_plane.clone(),
            more_workspaces: AtomicUsize::new(0),
            other_organization: Mutex::default(),
        }
    }

    /// Waits until the double stops.
    pub(crate) async fn stopped(&self) {
        let mut stopping = self.stopping.clone();
        // An error means that the sender is gone, which also means a stop.
        let _ = stopping.wait_for(|stopping| *stopping).await;
    }

    /// Revokes an API key.
    pub(crate) fn revoke_key(&self, key: &str) {
        lock(&self.revoked_keys).insert(key.to_owned());
    }

    /// Whether an API key was revoked.
    pub(crate) fn is_revoked(&self, key: &str) -> bool {
        lock(&self.revoked_keys).contains(key)
    }
}

/// Items of one kind, in insertion order.
pub(crate) struct Shelf<T>(Mutex<Vec<T>>);

impl<T> Default for Shelf<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T> Shelf<T> {
    /// Locks the items. No request holds the lock across an `await`.
    pub(crate) fn lock(&self) -> MutexGuard<'_, Vec<T>> {
        lock(&self.0)
    }

    /// Removes the matching items, and returns whether there were any.
    pub(crate) fn remove(&self, is_meant: impl Fn(&T) -> bool) -> bool {
        let mut things = self.lock();
        let before = things.len();
        things.retain(|thing| !is_meant(thing));
        things.len() < before
    }
}

/// Locks a mutex, ignoring poison: a panic in one request must not make every later one panic.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
