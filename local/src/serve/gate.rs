//! So many connections at once. One more waits, so that what is open already is served to its end.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use shared::deadline::Deadline;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How often a full house is told.
const AGAIN: Duration = Duration::from_mins(1);

/// The places that connections take.
#[derive(Clone, Debug)]
pub(super) struct Gate {
    free: Arc<Semaphore>,
    size: usize,
    told: Arc<Mutex<Option<Deadline>>>,
}

impl Gate {
    pub(super) fn new(size: usize) -> Self {
        Self { free: Arc::new(Semaphore::new(size)), size, told: Arc::default() }
    }

    /// Takes a place, which is free again when the value is dropped.
    pub(super) async fn enter(&self) -> Option<OwnedSemaphorePermit> {
        if let Ok(place) = Arc::clone(&self.free).try_acquire_owned() {
            return Some(place);
        }
        if self.is_news() {
            let connections = self.size;
            tracing::warn!(connections, "no connection is free; new ones wait (--max-connections)");
        }
        Arc::clone(&self.free).acquire_owned().await.ok()
    }

    fn is_news(&self) -> bool {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let news = told.is_none_or(|quiet| quiet.left().is_zero());
        if news {
            *told = Some(Deadline::after(AGAIN));
        }
        news
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_full_house_is_told_once_a_minute() {
        let gate = Gate::new(1);
        assert!(gate.is_news() && !gate.is_news());
        tokio::time::sleep(AGAIN).await;
        assert!(gate.is_news() && !gate.is_news());
    }

    #[tokio::test(start_paused = true)]
    async fn one_more_waits_for_a_place() {
        let gate = Gate::new(1);
        let place = gate.enter().await;
        assert!(tokio::time::timeout(AGAIN, gate.enter()).await.is_err());
        drop(place);
        assert!(gate.enter().await.is_some());
    }
}
