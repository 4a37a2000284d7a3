//! A bound on the number of objects in a page. A page of the allowed size can hold millions of empty objects, and each
//! takes a hundred times its size in memory once it is parsed.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Error as _, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// The maximum number of objects in a page. LangSmith sends a hundred, or all runs of a trace at once.
pub(super) const MAX_ITEMS: usize = 50_000;

/// Deserializes a list of at most [`MAX_ITEMS`] items.
pub(super) fn bounded<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    deserializer.deserialize_seq(Bounded(PhantomData))
}

/// A bounded list, as a type.
#[derive(Deserialize)]
#[serde(transparent)]
pub(super) struct List<T>(
    #[serde(deserialize_with = "bounded", bound = "T: Deserialize<'de>")] pub(super) Vec<T>,
);

struct Bounded<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Bounded<T> {
    type Value = Vec<T>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "a list of at most {MAX_ITEMS}")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<T>, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            if items.len() == MAX_ITEMS {
                return Err(A::Error::custom("too many"));
            }
            items.push(item);
        }
        Ok(items)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_that_is_too_long_is_refused() {
        let list = |count: usize| format!("[{}0]", "0,".repeat(count - 1));
        let read = |json: &str| serde_json::from_str::<List<u8>>(json).map(|list| list.0.len()).ok();
        assert_eq!(read(&list(MAX_ITEMS)), Some(MAX_ITEMS));
        assert_eq!(read(&list(MAX_ITEMS + 1)), None);
    }
}
