//! A bound on the number of objects in a page. A page of the allowed size can hold millions of empty objects, and a run
//! takes a kilobyte in memory once it is parsed, however short its text is: an empty one three hundred times its size.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Error as _, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// The maximum number of objects in a page. LangSmith sends a hundred, or all runs of a trace at once, and accepts this
/// many runs for a trace (its documentation's observability concepts).
const MAX_ITEMS: usize = 25_000;

/// The length at which a list gets the largest capacity. A reallocation can take the memory of both capacities, so the
/// last one has to happen while the list is short.
const LONG: usize = MAX_ITEMS / 8;

/// Appends an item to a list of at most [`MAX_ITEMS`] items. `None` if it is full.
pub(crate) fn push<T>(items: &mut Vec<T>, item: T) -> Option<()> {
    if items.len() == items.capacity() && items.len() >= LONG {
        items.reserve_exact(MAX_ITEMS.saturating_sub(items.len()));
    }
    (items.len() < MAX_ITEMS).then(|| items.push(item))
}

/// Deserializes a list of at most [`MAX_ITEMS`] items, each converted as soon as it is read.
pub(crate) fn bounded<'de, D, T, U>(deserializer: D) -> Result<Vec<U>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
    U: From<T>,
{
    deserializer.deserialize_seq(Bounded(PhantomData::<(T, U)>))
}

/// A bounded list, as a type.
#[derive(Deserialize)]
#[serde(transparent)]
pub(crate) struct List<T>(
    #[serde(deserialize_with = "bounded::<_, T, _>", bound = "T: Deserialize<'de>")] pub(crate) Vec<T>,
);

struct Bounded<T, U>(PhantomData<(T, U)>);

impl<'de, T: Deserialize<'de>, U: From<T>> Visitor<'de> for Bounded<T, U> {
    type Value = Vec<U>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "a list of at most {MAX_ITEMS}")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<U>, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element::<T>()? {
            push(&mut items, U::from(item)).ok_or_else(|| A::Error::custom("too many"))?;
        }
        Ok(items)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Backend, Run, RunPage};

    #[test]
    fn a_list_that_is_too_long_is_refused() {
        let list = |count: usize| format!("[{}0]", "0,".repeat(count - 1));
        let read = |json: &str| serde_json::from_str::<List<u8>>(json).map(|list| list.0.len()).ok();
        assert_eq!(read(&list(MAX_ITEMS)), Some(MAX_ITEMS));
        assert_eq!(read(&list(MAX_ITEMS + 1)), None);
    }

    #[test]
    fn a_page_of_too_many_runs_is_refused_whoever_splits_it() {
        for (backend, name) in [(Backend::V1, "runs"), (Backend::V2, "items")] {
            for separator in [",", ",\n"] {
                let page = |count: usize| {
                    let runs = vec!["{}"; count].join(separator);
                    RunPage::new(backend, format!("{{\"{name}\":[{runs}]}}").into())
                };
                let full = page(MAX_ITEMS);
                let runs = full.split().unwrap().runs;
                assert_eq!((runs.len(), runs.capacity()), (MAX_ITEMS, MAX_ITEMS), "{name} {separator:?}");
                assert!(page(MAX_ITEMS + 1).split().is_err(), "{name} {separator:?}");
            }
        }
    }

    /// Both capacities of a reallocation count.
    #[test]
    fn the_longest_list_of_runs_takes_less_than_32_mib() {
        for capacity in 0..=128 {
            let (mut items, mut most) = (Vec::<u64>::with_capacity(capacity), 0);
            loop {
                let before = items.capacity();
                if push(&mut items, 0).is_none() {
                    break;
                }
                most = most.max(if items.capacity() == before { before } else { before + items.capacity() });
            }
            assert!(most * size_of::<Run<'_>>() < 32 << 20, "{most} from {capacity}");
        }
    }
}
