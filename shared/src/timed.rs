//! A small map whose entries are believed for a fixed time. It is the only cache there is for anything that belongs to
//! a caller, so its keys are where isolation is decided: they hold the user and the credential, or a key's hash.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::clock::Timestamp;

/// How many entries are kept. A full map forgets what is stale, or everything: it is a cache.
const MAX_ENTRIES: usize = 10_000;

/// The map.
#[derive(Debug)]
pub struct TimedMap<K, V> {
    entries: Mutex<BTreeMap<K, (Timestamp, V)>>,
    life: Duration,
}

impl<K: Ord, V: Clone> TimedMap<K, V> {
    /// An empty map that believes an entry for `life`.
    pub const fn new(life: Duration) -> Self {
        Self { entries: Mutex::new(BTreeMap::new()), life }
    }

    /// The value, unless it is too old.
    pub fn get(&self, key: &K, now: Timestamp) -> Option<V> {
        let entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let (since, value) = entries.get(key)?;
        (now.since(*since) < self.life).then(|| value.clone())
    }

    /// The value, however old it is, if it was not forgotten to make room.
    pub fn last(&self, key: &K) -> Option<V> {
        let entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries.get(key).map(|(_, value)| value.clone())
    }

    /// Remembers a value from now on.
    pub fn put(&self, key: K, value: V, now: Timestamp) {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        if entries.len() >= MAX_ENTRIES {
            entries.retain(|_, (since, _)| now.since(*since) < self.life);
        }
        if entries.len() >= MAX_ENTRIES {
            entries.clear();
        }
        entries.insert(key, (now, value));
    }

    /// Forgets a value.
    pub fn remove(&self, key: &K) {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_believed_for_its_life_only() {
        let map = TimedMap::new(Duration::from_secs(5));
        map.put("a", 1, Timestamp::from_secs(100));
        assert_eq!(map.get(&"a", Timestamp::from_secs(104)), Some(1));
        assert_eq!(map.get(&"a", Timestamp::from_secs(105)), None);
        assert_eq!(map.last(&"a"), Some(1));
        map.put("a", 2, Timestamp::from_secs(105));
        map.remove(&"a");
        assert_eq!(map.get(&"a", Timestamp::from_secs(105)), None);
        assert_eq!(map.last(&"a"), None);
    }

    #[test]
    fn the_map_is_bounded() {
        let map = TimedMap::new(Duration::from_secs(5));
        for index in 0..=MAX_ENTRIES {
            map.put(index, (), Timestamp::from_secs(100));
        }
        assert_eq!(map.get(&0, Timestamp::from_secs(100)), None);
        assert_eq!(map.get(&MAX_ENTRIES, Timestamp::from_secs(100)), Some(()));
    }
}
