//! Limits the number of connections. Further ones wait, so that open ones are served to their end.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use primitives::deadline::Deadline;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The minimum time between two warnings.
const BETWEEN_WARNINGS: Duration = Duration::from_mins(1);

/// The free places for connections.
#[derive(Clone, Debug)]
pub(super) struct ConnectionLimit {
    free: Arc<Semaphore>,
    size: usize,
    /// The end of the time without warnings.
    quiet: Arc<Mutex<Option<Deadline>>>,
}

impl ConnectionLimit {
    pub(super) fn new(size: usize) -> Self {
        Self { free: Arc::new(Semaphore::new(size)), size, quiet: Arc::default() }
    }

    /// Takes a place, which is released when the permit is dropped.
    pub(super) async fn acquire(&self) -> Option<OwnedSemaphorePermit> {
        if let Ok(place) = Arc::clone(&self.free).try_acquire_owned() {
            return Some(place);
        }
        if self.should_warn() {
            let connections = self.size;
            tracing::warn!(connections, "no connection is free; new ones wait (--max-connections)");
        }
        Arc::clone(&self.free).acquire_owned().await.ok()
    }

    fn should_warn(&self) -> bool {
        let mut quiet = self.quiet.lock().unwrap_or_else(PoisonError::into_inner);
        let due = quiet.is_none_or(|until| until.remaining().is_zero());
        if due {
            *quiet = Some(Deadline::after(BETWEEN_WARNINGS));
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn no_free_connection_is_a_warning_once_a_minute() {
        let limit = ConnectionLimit::new(1);
        assert!(limit.should_warn() && !limit.should_warn());
        tokio::time::sleep(BETWEEN_WARNINGS).await;
        assert!(limit.should_warn() && !limit.should_warn());
    }

    #[tokio::test(start_paused = true)]
    async fn one_more_waits_for_a_place() {
        let limit = ConnectionLimit::new(1);
        let place = limit.acquire().await;
        assert!(tokio::time::timeout(BETWEEN_WARNINGS, limit.acquire()).await.is_err());
        drop(place);
        assert!(limit.acquire().await.is_some());
    }
}
