//! A small map whose entries are valid for a fixed time. It is the only cache for any data that belongs to a caller, so
//! its keys decide about isolation: they contain the user and the credential, or a key's hash.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::clock::Timestamp;

/// The maximum number of entries. A full map evicts the oldest one for each new one: clearing it would let one caller,
/// who creates many entries, make the cache useless for all others.
const MAX_ENTRIES: usize = 10_000;

/// A map of entries with a lifetime.
#[derive(Debug)]
pub struct TimedMap<K, V> {
    entries: Mutex<Entries<K, V>>,
    life: Duration,
    room: usize,
}

#[derive(Debug)]
struct Entries<K, V> {
    by_key: BTreeMap<K, Entry<V>>,
    /// The keys in insertion order.
    by_age: BTreeMap<u64, K>,
    /// How many entries were ever inserted.
    count: u64,
}

#[derive(Debug)]
struct Entry<V> {
    since: Timestamp,
    is_expired: bool,
    age: u64,
    value: V,
}

impl<K: Ord + Clone, V> Entries<K, V> {
    fn put(&mut self, key: K, value: V, now: Timestamp, room: usize) {
        self.count += 1;
        let age = self.count;
        self.by_age.insert(age, key.clone());
        if let Some(replaced) = self.by_key.insert(key, Entry { since: now, is_expired: false, age, value }) {
            self.by_age.remove(&replaced.age);
        } else if self.by_key.len() > room
            && let Some((_, oldest)) = self.by_age.pop_first()
        {
            self.by_key.remove(&oldest);
        }
    }
}

impl<K: Ord + Clone, V: Clone> TimedMap<K, V> {
    /// An empty map whose entries live for `life`.
    pub const fn new(life: Duration) -> Self {
        Self::with_room(life, MAX_ENTRIES)
    }

    /// An empty map whose entries live for `life`, with room for fewer of them because they are large.
    pub const fn with_room(life: Duration, room: usize) -> Self {
        let entries = Entries { by_key: BTreeMap::new(), by_age: BTreeMap::new(), count: 0 };
        Self { entries: Mutex::new(entries), life, room }
    }

    /// The value, unless it has expired.
    pub fn get(&self, key: &K, now: Timestamp) -> Option<V> {
        let entries = self.lock();
        let entry = entries.by_key.get(key)?;
        (!entry.is_expired && now.since(entry.since) < self.life).then(|| entry.value.clone())
    }

    /// The value, even if expired, unless it was evicted or removed.
    pub fn last(&self, key: &K) -> Option<V> {
        self.lock().by_key.get(key).map(|entry| entry.value.clone())
    }

    /// Stores a value, valid from now on.
    pub fn put(&self, key: K, value: V, now: Timestamp) {
        self.lock().put(key, value, now, self.room);
    }

    /// Stores the result of `change` on the current value, even an expired one. The update is atomic.
    pub fn update(&self, key: K, now: Timestamp, change: impl FnOnce(Option<&V>) -> V) -> V {
        let mut entries = self.lock();
        let value = change(entries.by_key.get(&key).map(|entry| &entry.value));
        entries.put(key, value.clone(), now, self.room);
        value
    }

    /// Ends the life of a value early; [`last`](Self::last) still has it.
    pub fn expire(&self, key: &K) {
        if let Some(entry) = self.lock().by_key.get_mut(key) {
            entry.is_expired = true;
        }
    }

    /// Removes a value.
    pub fn remove(&self, key: &K) {
        let mut entries = self.lock();
        if let Some(removed) = entries.by_key.remove(key) {
            entries.by_age.remove(&removed.age);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Entries<K, V>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
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
        map.expire(&"a");
        assert_eq!((map.get(&"a", Timestamp::from_secs(105)), map.last(&"a")), (None, Some(2)));
        map.put("a", 3, Timestamp::from_secs(105));
        assert_eq!(map.get(&"a", Timestamp::from_secs(105)), Some(3));
        map.remove(&"a");
        assert_eq!(map.get(&"a", Timestamp::from_secs(105)), None);
        assert_eq!(map.last(&"a"), None);
    }

    #[test]
    fn a_smaller_map_is_full_earlier() {
        let now = Timestamp::from_secs(100);
        let map = TimedMap::with_room(Duration::from_secs(5), 2);
        for index in 0..3 {
            map.put(index, (), now);
        }
        assert_eq!((map.get(&0, now), map.get(&1, now), map.get(&2, now)), (None, Some(()), Some(())));
    }

    #[test]
    fn a_full_map_forgets_the_oldest_only() {
        let now = Timestamp::from_secs(100);
        let map = TimedMap::new(Duration::from_secs(5));
        for index in 0..MAX_ENTRIES {
            map.put(index, (), now);
        }
        map.put(0, (), now);
        map.remove(&2);
        map.put(MAX_ENTRIES, (), now);
        assert_eq!(map.get(&1, now), Some(()), "there was room");
        map.put(MAX_ENTRIES + 1, (), now);
        assert_eq!(map.get(&1, now), None, "the oldest, because 0 was put again");
        for kept in [0, 3, MAX_ENTRIES - 1, MAX_ENTRIES, MAX_ENTRIES + 1] {
            assert_eq!(map.get(&kept, now), Some(()), "{kept}");
        }
        let entries = map.lock();
        assert_eq!((entries.by_key.len(), entries.by_age.len()), (MAX_ENTRIES, MAX_ENTRIES));
    }
}
