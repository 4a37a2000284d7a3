//! Signs of a client that fills in arguments without meaning them.

use std::ops::BitOr;

use serde_json::value::RawValue;

use super::{LABELS, MayBeEmpty, is_label_of_words, is_meant_empty, says_nothing};

/// Arguments for which 0 is a sign: it is the neutral value of a number.
const NEVER_ZERO: [&str; 2] = ["limit", "page_number"];

/// Evidence that a client fills in arguments. `|` joins the evidence of several values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Signs {
    /// A value without any meaning: certainly filled in.
    filler: bool,
    /// An empty value: intended, or filled in.
    empty: bool,
    /// Labels made of words for nothing, one bit for each of [`LABELS`].
    words: u8,
}

impl Signs {
    const FILLER: Self = Self { filler: true, empty: false, words: 0 };
    const EMPTY: Self = Self { filler: false, empty: true, words: 0 };

    /// The signs in one value. Null is none: many clients write it for every omitted argument.
    pub(crate) fn of(meant: MayBeEmpty, name: &str, json: &RawValue) -> Self {
        match json.get() {
            "null" => Self::default(),
            "0" if NEVER_ZERO.contains(&name) => Self::FILLER,
            _ if is_meant_empty(meant, name, json) => Self::EMPTY,
            _ if says_nothing(name, json) => Self::FILLER,
            _ if is_label_of_words(name, json) => Self::word(name),
            _ => Self::default(),
        }
    }

    fn word(name: &str) -> Self {
        let words = LABELS.iter().rev().fold(0, |bits, label| (bits << 1) | u8::from(*label == name));
        Self { words, ..Self::default() }
    }

    /// Whether there is any sign.
    pub(crate) fn is_any(self) -> bool {
        self != Self::default()
    }

    /// Whether the client fills in arguments. A word for nothing proves it only beside an empty value that would clear
    /// something, or beside such a word in another label.
    pub(crate) fn fills_in(self) -> bool {
        self.filler || (self.words != 0 && self.empty) || self.words.count_ones() > 1
    }
}

impl BitOr for Signs {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self {
            filler: self.filler | other.filler,
            empty: self.empty | other.empty,
            words: self.words | other.words,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::toolset::arguments::placeholders::EmptyForm;

    fn signs(meant: MayBeEmpty, name: &str, json: &str) -> Signs {
        Signs::of(meant, name, serde_json::from_str(json).unwrap())
    }

    #[test]
    fn an_empty_value_that_may_mean_something_betrays_nothing() {
        const MEANT: MayBeEmpty =
            &[("description", EmptyForm::Text), ("metadata", EmptyForm::Object), ("tags", EmptyForm::List)];
        for (name, json, expected) in [
            ("messages", r#""[]""#, true),
            ("messages", r#"" { } ""#, true),
            ("messages", r#""[null, \"\"]""#, true),
            ("messages", r#""[{}]""#, false),
            ("metadata", r#""{}""#, false),
            ("metadata", r#""[]""#, true),
            ("outputs", "{}", true),
            ("tags", r#""[]""#, false),
            ("tags", r#""{}""#, true),
            ("tags", r#""[null]""#, true),
            ("template", r#""{}""#, false),
            ("description", r#""[]""#, false),
            ("limit", r#""""#, true),
            ("split", "[]", true),
            ("split", "null", false),
            ("split", r#"["a"]"#, false),
            ("tags", "[]", false),
            ("tags", r#""""#, true),
            ("tags", r#"[""," "]"#, true),
            ("tags", r#"["","a"]"#, false),
            ("tags", r#""None""#, false),
            ("metadata", "{}", false),
            ("metadata", "[]", true),
            ("metadata", r#""""#, true),
            ("metadata", r#""null""#, true),
            ("metadata", "[{}]", false),
            ("dataset_id", r#""null""#, true),
            ("dataset_name", r#""null""#, false),
            ("description", r#""""#, false),
            ("description", "[]", true),
        ] {
            assert_eq!(signs(MEANT, name, json) == Signs::FILLER, expected, "{name} {json}");
        }
    }

    #[test]
    fn a_word_in_a_label_counts_beside_what_would_clear() {
        let word = |name| signs(&[], name, r#""None""#);
        for json in ["\"None\"", "[\"None\", null]", "\"[\\\"null\\\"]\""] {
            assert_eq!(signs(&[], "tags", json), Signs::word("tags"), "{json}");
        }
        assert!(Signs::FILLER.fills_in() && (word("tags") | Signs::EMPTY).fills_in());
        assert!(!Signs::EMPTY.fills_in() && !word("tags").fills_in());
    }

    #[test]
    fn a_word_in_two_labels_is_filled_in() {
        let word = |name| signs(&[], name, r#""None""#);
        assert!((word("tags") | word("description")).fills_in());
        // Several examples may be in a split of that name.
        assert!(!(word("split") | word("split")).fills_in());
        for label in LABELS {
            assert!(word(label).is_any(), "{label}");
        }
    }

    #[test]
    fn zero_is_the_neutral_value_of_a_limit_only() {
        assert_eq!(signs(&[], "limit", "0"), Signs::FILLER);
        assert_eq!(signs(&[], "page_number", "0"), Signs::FILLER);
        assert!(!signs(&[], "repetition", "0").is_any() && !signs(&[], "limit", "1").is_any());
    }
}
