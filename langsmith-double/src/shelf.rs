//! Items behind a mutex.

use std::sync::{Mutex, MutexGuard, PoisonError};

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
