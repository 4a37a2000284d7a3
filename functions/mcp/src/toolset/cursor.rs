//! The cursor of `tools/list`: the set, and the place in it, where the next page begins. Clients pass it back
//! unchanged.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::value::RawValue;

use super::Prefix;

/// The maximum size of a cursor, in bytes.
const MAX: usize = 2_048;

/// The beginning of a page other than the first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ListCursor {
    /// The set at the beginning of the page.
    pub(crate) set: Prefix,
    /// The page of the set; `None` for its first one.
    pub(crate) page: Option<SetPage>,
}

/// A page of a set, other than the first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SetPage {
    /// The number of pages before it.
    pub(crate) number: u16,
    /// The set's own cursor.
    pub(crate) cursor: String,
}

impl ListCursor {
    /// The cursor in the form for clients.
    pub(crate) fn encode(&self) -> String {
        let page = self.page.as_ref();
        let page = page.map_or_else(String::new, |page| format!(" {} {}", page.number, page.cursor));
        URL_SAFE_NO_PAD.encode(format!("{}{page}", self.set))
    }

    /// Reads a cursor from a client; `None` if it is none of ours.
    pub(crate) fn decode(given: &RawValue) -> Option<Self> {
        let text: String = serde_json::from_str(given.get()).ok()?;
        let bytes = URL_SAFE_NO_PAD.decode(Some(text).filter(|text| text.len() <= MAX)?).ok()?;
        let text = String::from_utf8(bytes).ok()?;
        let Some((set, page)) = text.split_once(' ') else {
            return Some(Self { set: text.parse().ok()?, page: None });
        };
        Some(Self { set: set.parse().ok()?, page: Some(SetPage::decode(page)?) })
    }
}

impl SetPage {
    /// A page has one spelling: `07` is not `7`.
    fn decode(text: &str) -> Option<Self> {
        let (number, cursor) = text.split_once(' ')?;
        let page = Self { number: number.parse().ok()?, cursor: cursor.to_owned() };
        (page.number.to_string() == number).then_some(page)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::value::to_raw_value;

    use super::*;

    proptest! {
        #[test]
        fn what_was_given_is_read(page in proptest::option::of((any::<u16>(), ".{0,100}"))) {
            let page = page.map(|(number, cursor)| SetPage { number, cursor });
            let cursor = ListCursor { set: "team".parse().unwrap(), page };
            let given = to_raw_value(&cursor.encode()).unwrap();
            prop_assert_eq!(ListCursor::decode(&given), Some(cursor));
        }

        #[test]
        fn what_is_read_is_written_the_same_way(text in "[a-z_ ]{0,3}( [0-9]{0,6}( .{0,9})?)?|.{0,20}") {
            let encoded = URL_SAFE_NO_PAD.encode(&text);
            if let Some(cursor) = ListCursor::decode(&to_raw_value(&encoded).unwrap()) {
                prop_assert_eq!(cursor.encode(), encoded);
            }
        }
    }

    #[test]
    fn other_json_is_no_cursor() {
        // The last ones decode to `large x`, `large 07 x` and `large 70000 x`.
        for given in [
            "7",
            "null",
            "{}",
            "\"\"",
            "\"!\"",
            "\"QQ\"",
            "\"bGFyZ2UgeA\"",
            "\"bGFyZ2UgMDcgeA\"",
            "\"bGFyZ2UgNzAwMDAgeA\"",
        ] {
            assert_eq!(
                ListCursor::decode(&RawValue::from_string(given.to_owned()).unwrap()),
                None,
                "{given}"
            );
        }
    }
}
