//! A JSON value of an answer as LangSmith sent it, with what the splitter counted in it.

use std::fmt;

use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::UpstreamError;
use crate::json::checked_json::CheckedJson;

/// The maximum nesting depth of a plain value; an empty innermost object or array does not count.
pub const PLAIN_LEVELS: usize = 64;

/// The JSON of a value. Most values are *plain*: ASCII without escapes or white space between tokens, of at most
/// [`PLAIN_LEVELS`] levels. The splitter's counts spare later code that measures or copies them a second pass.
#[derive(Clone, Copy)]
pub struct Received<'a> {
    json: &'a str,
    separators: u32,
    /// The length of the longest string in bytes, or [`NOT_PLAIN`].
    longest: u32,
}

const NOT_PLAIN: u32 = u32::MAX;

impl<'a> Received<'a> {
    /// The JSON value `null`.
    pub const NULL: Received<'static> = Received { json: "null", separators: 0, longest: 0 };

    /// An object without members.
    pub const EMPTY: Received<'static> = Received { json: "{}", separators: 0, longest: 0 };

    /// Validated JSON without any counts.
    pub(crate) fn of(json: &'a str) -> Self {
        Self { json, separators: 0, longest: NOT_PLAIN }
    }

    /// A plain value with its number of commas and colons outside of strings, and the length of its longest string in
    /// bytes.
    pub(crate) fn plain(json: &'a str, separators: usize, longest: usize) -> Self {
        match (u32::try_from(separators), u32::try_from(longest)) {
            (Ok(separators), Ok(longest)) => Self { json, separators, longest },
            _ => Self::of(json),
        }
    }

    /// The JSON.
    pub fn get(self) -> &'a str {
        self.json
    }

    /// The value, unless it is null.
    pub(crate) fn unless_null(self) -> Option<Self> {
        (self.json != "null").then_some(self)
    }

    /// The JSON as `serde_json`'s type. Fails only if [`CheckedJson`] does not know how that type is made.
    pub fn as_raw_value(self) -> Result<&'a RawValue, UpstreamError> {
        <&RawValue>::deserialize(CheckedJson(self.json)).map_err(|_| UpstreamError::Malformed)
    }

    /// The number of commas and colons outside of strings, if the value is known to be plain and no string in it is
    /// longer than `most` bytes. A plain value has as many characters as bytes.
    pub fn separators_if_plain(self, most: Option<usize>) -> Option<usize> {
        let most = most.and_then(|most| u32::try_from(most).ok()).unwrap_or(u32::MAX).min(NOT_PLAIN - 1);
        (self.longest <= most).then_some(self.separators as usize)
    }
}

impl fmt::Debug for Received<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.json.fmt(formatter)
    }
}

impl PartialEq for Received<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.json == other.json
    }
}

impl Eq for Received<'_> {}

impl<'de: 'a, 'a> Deserialize<'de> for Received<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <&RawValue>::deserialize(deserializer).map(|raw| Self::of(raw.get()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::scan::{list, members};

    #[derive(Default)]
    struct Pair<'a> {
        empty: Option<Received<'a>>,
        text: Option<Received<'a>>,
    }

    members!(Pair: empty, text);

    #[test]
    fn a_value_is_a_raw_value_without_being_parsed_again() {
        for json in ["[1]", "null", r#"{"a":"\u00e9"}"#] {
            assert_eq!(<&RawValue>::deserialize(CheckedJson(json)).unwrap().get(), json);
            assert_eq!(Received::of(json).as_raw_value().unwrap().get(), json);
        }
    }

    #[test]
    fn the_constants_are_as_the_splitter_counts_them() {
        let pairs: Vec<Pair<'_>> = list(br#"[{"empty":{},"text":"null"}]"#).unwrap();
        let fields = |value: Received<'_>| (value.json.to_owned(), value.separators, value.longest);
        assert_eq!(fields(Received::EMPTY), fields(pairs[0].empty.unwrap()));
        assert_eq!(fields(Received::NULL), ("null".to_owned(), 0, 0));
        assert_eq!(pairs[0].text.unwrap().get(), "\"null\"");
    }
}
