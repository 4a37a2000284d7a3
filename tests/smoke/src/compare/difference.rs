//! A difference between LangSmith and the double.

use std::collections::BTreeSet;
use std::fmt::Display;

/// What differs, where, and whether it matters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The step of the script.
    pub step: &'static str,
    /// Method and path, ids left out.
    pub request: String,
    /// `status`, `content type`, or a place in the answer such as `[].id`.
    pub place: String,
    /// What the double answers.
    pub double: String,
    /// What LangSmith answers.
    pub langsmith: String,
    /// Whether the server under test reads this, so that it may not work.
    pub counts: bool,
}

/// The words for a set, in its order.
pub(super) fn words<T: Display>(set: &BTreeSet<T>) -> String {
    let words: Vec<String> = set.iter().map(ToString::to_string).collect();
    if words.is_empty() { "nothing".to_owned() } else { words.join(" or ") }
}
