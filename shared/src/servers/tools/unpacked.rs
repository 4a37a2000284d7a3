//! Lists that this process has unpacked lately: unpacking a list of a thousand tools takes longer than reading it.

use std::sync::Arc;
use std::time::Duration;

use primitives::clock::Timestamp;
use primitives::timed::TimedMap;

use super::list::ToolList;
use crate::store::ToolListKey;

/// How many lists are kept.
const ROOM: usize = 64;
/// The maximum packed size of a list that is kept, in bytes; unpacked it is some ten times as large.
const MAX_PACKED: usize = 64 * 1024;
/// How long a list is kept: no longer than most lists are fresh.
const LIFE: Duration = Duration::from_hours(2);

/// A list with its packed form, which tells whether the table still has it.
type Kept = (Arc<[u8]>, Arc<ToolList>);

/// The lists, by their key in the table.
pub(super) struct UnpackedLists(TimedMap<String, Kept>);

impl Default for UnpackedLists {
    fn default() -> Self {
        Self(TimedMap::with_room(LIFE, ROOM))
    }
}

impl UnpackedLists {
    /// The list of a packed form that was read under this key; `None` if it is none.
    pub(super) fn of(&self, key: &ToolListKey<'_>, packed: &[u8], now: Timestamp) -> Option<Arc<ToolList>> {
        if packed.len() > MAX_PACKED {
            return ToolList::unpack(packed).map(Arc::new);
        }
        let key = key.hash();
        if let Some((_, list)) = self.0.get(&key, now).filter(|(known, _)| **known == *packed) {
            return Some(list);
        }
        let list = Arc::new(ToolList::unpack(packed)?);
        self.0.put(key, (packed.into(), list.clone()), now);
        Some(list)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::value::RawValue;

    use super::super::list::ListSource;
    use super::*;

    const NOW: Timestamp = Timestamp::from_secs(100);

    fn packed(name: &str) -> Vec<u8> {
        let json = RawValue::from_string("{}".to_owned()).unwrap();
        ToolList::new(vec![(name.to_owned(), json)], ListSource::Handshake, (None, 1)).pack().unwrap()
    }

    fn key(workspace: &str) -> ToolListKey<'_> {
        ToolListKey { workspace, url: "https://a.example", provider: None, person: None }
    }

    #[test]
    fn a_list_is_unpacked_once_and_another_one_under_its_key_again() {
        let lists = UnpackedLists::default();
        let first = lists.of(&key("w"), &packed("a"), NOW).unwrap();
        assert!(Arc::ptr_eq(&first, &lists.of(&key("w"), &packed("a"), NOW).unwrap()));
        assert!(!Arc::ptr_eq(&first, &lists.of(&key("v"), &packed("a"), NOW).unwrap()));
        assert_eq!(lists.of(&key("w"), &packed("b"), NOW).unwrap().tools[0].name, "b");
        assert!(lists.of(&key("w"), b"garbage", NOW).is_none());
        assert_eq!(lists.of(&key("w"), &packed("a"), NOW).unwrap().tools[0].name, "a");
    }
}
