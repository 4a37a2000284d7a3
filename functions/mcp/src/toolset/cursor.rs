//! The cursor of `tools/list`: the set, and the place in it, where the next page begins. Clients pass it back
//! unchanged.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::value::RawValue;

use super::Prefix;

/// The longest cursor that is accepted, in bytes.
const MAX: usize = 2_048;

/// The beginning of a page other than the first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ListCursor {
    /// The set that the page begins in.
    pub(crate) set: Prefix,
    /// The set's own cursor; `None` at its beginning.
    pub(crate) inner: Option<String>,
}

impl ListCursor {
    /// The cursor as it is sent to clients.
    pub(crate) fn encode(&self) -> String {
        let inner = self.inner.as_ref().map_or_else(String::new, |inner| format!(" {inner}"));
        URL_SAFE_NO_PAD.encode(format!("{}{inner}", self.set))
    }

    /// Reads a cursor from a client; `None` if it is none of ours.
    pub(crate) fn decode(given: &RawValue) -> Option<Self> {
        let text: String = serde_json::from_str(given.get()).ok()?;
        let bytes = URL_SAFE_NO_PAD.decode(Some(text).filter(|text| text.len() <= MAX)?).ok()?;
        let text = String::from_utf8(bytes).ok()?;
        let (set, inner) =
            text.split_once(' ').map_or((text.as_str(), None), |(set, inner)| (set, Some(inner)));
        Some(Self { set: set.parse().ok()?, inner: inner.map(str::to_owned) })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::value::to_raw_value;

    use super::*;

    proptest! {
        #[test]
        fn what_was_given_is_read(inner in proptest::option::of(".{0,100}")) {
            let cursor = ListCursor { set: "team".parse().unwrap(), inner };
            let given = to_raw_value(&cursor.encode()).unwrap();
            prop_assert_eq!(ListCursor::decode(&given), Some(cursor));
        }

        #[test]
        fn nothing_else_is_read(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            let given = to_raw_value(&URL_SAFE_NO_PAD.encode(&bytes)).unwrap();
            if let Some(cursor) = ListCursor::decode(&given) {
                prop_assert_eq!(cursor.encode(), URL_SAFE_NO_PAD.encode(&bytes));
            }
        }
    }

    #[test]
    fn other_json_is_no_cursor() {
        for given in ["7", "null", "{}", "\"\"", "\"!\"", "\"QQ\""] {
            assert_eq!(
                ListCursor::decode(&RawValue::from_string(given.to_owned()).unwrap()),
                None,
                "{given}"
            );
        }
    }
}
