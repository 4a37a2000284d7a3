//! Work in progress that concurrent requests for the same thing share. The waiting requests own it; the weak reference
//! only lets others find it, so that nothing is left once all of them hang up.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::OnceCell;

/// The work in progress of one kind, by key.
#[derive(Debug)]
pub struct SingleFlight<T>(Mutex<BTreeMap<String, Weak<OnceCell<T>>>>);

impl<T> Default for SingleFlight<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T: Clone> SingleFlight<T> {
    /// The result of `work`, or that of the same work that is in progress. If its first caller hangs up, the next one
    /// begins again.
    pub async fn join(&self, key: &str, work: impl Future<Output = T>) -> T {
        let flight = self.of(key);
        flight.get_or_init(|| work).await.clone()
    }

    /// The work in progress for this key, or new one.
    fn of(&self, key: &str) -> Arc<OnceCell<T>> {
        let mut flights = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = flights.get(key).and_then(Weak::upgrade);
        // Finished work has nothing to add: whoever did it remembers its result.
        if let Some(flight) = known.filter(|flight| !flight.initialized()) {
            return flight;
        }
        flights.retain(|_, flight| flight.strong_count() > 0);
        let flight = Arc::new(OnceCell::new());
        flights.insert(key.to_owned(), Arc::downgrade(&flight));
        flight
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn a_flight_is_shared_until_its_end_and_nothing_is_left_of_it() {
        let flights = SingleFlight::default();
        let (one, other) = (flights.of("one"), flights.of("other"));
        assert!(Arc::ptr_eq(&one, &flights.of("one")) && !Arc::ptr_eq(&one, &other));
        one.set(1).unwrap();
        let again = flights.of("one");
        assert!(!Arc::ptr_eq(&one, &again) && Arc::ptr_eq(&again, &flights.of("one")));
        drop((one, other, again));
        let last = flights.of("last");
        assert_eq!(flights.0.lock().unwrap().len(), 1);
        drop(last);
    }

    #[tokio::test]
    async fn work_in_progress_is_shared_and_finished_work_is_not() {
        let (flights, count) = (SingleFlight::default(), AtomicUsize::new(0));
        let work = async || {
            let number = count.fetch_add(1, Ordering::SeqCst);
            tokio::task::yield_now().await;
            number
        };
        let (one, two) = tokio::join!(flights.join("key", work()), flights.join("key", work()));
        assert_eq!((one, two), (0, 0));
        assert_eq!(flights.join("key", work()).await, 1);
        let (one, two) = tokio::join!(flights.join("key", work()), flights.join("other", work()));
        assert_ne!(one, two);
    }
}
