//! What a running double knows.

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

/// The shared state of all requests.
pub(crate) struct App {
    /// `http://127.0.0.1:PORT`, also the OAuth issuer and the protected resource.
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
    /// Workspaces that everybody has besides their own, in lists only.
    pub(crate) more_workspaces: AtomicUsize,
    /// Workspaces of another organization: a list has those of one only.
    pub(crate) other_organization: Mutex<BTreeSet<Uuid>>,
}

impl App {
    /// The state at the start.
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

    /// Returns when the double stops.
    pub(crate) async fn stopped(&self) {
        let mut stopping = self.stopping.clone();
        // An error means that the sender is gone, which is a stop as well.
        let _ = stopping.wait_for(|stopping| *stopping).await;
    }

    /// Makes an API key invalid from now on.
    pub(crate) fn revoke_key(&self, key: &str) {
        lock(&self.revoked_keys).insert(key.to_owned());
    }

    /// Whether an API key was revoked.
    pub(crate) fn is_revoked(&self, key: &str) -> bool {
        lock(&self.revoked_keys).contains(key)
    }
}

/// Things of one kind, in the order in which they came.
pub(crate) struct Shelf<T>(Mutex<Vec<T>>);

impl<T> Default for Shelf<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T> Shelf<T> {
    /// The things, locked. No request holds them across a wait.
    pub(crate) fn lock(&self) -> MutexGuard<'_, Vec<T>> {
        lock(&self.0)
    }

    /// Takes out those that are meant. Whether there were any.
    pub(crate) fn remove(&self, is_meant: impl Fn(&T) -> bool) -> bool {
        let mut things = self.lock();
        let before = things.len();
        things.retain(|thing| !is_meant(thing));
        things.len() < before
    }
}

/// Locks; a panic elsewhere must not turn every later request into one.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
