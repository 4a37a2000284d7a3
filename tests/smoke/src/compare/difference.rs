//! A difference between LangSmith and the double.

use std::collections::BTreeSet;
use std::fmt::Display;

/// A difference, its place, and whether it matters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The step of the script.
    pub step: &'static str,
    /// Method and path, without ids.
    pub request: String,
    /// `status`, `content type`, or a place in the answer such as `[].id`.
    pub place: String,
    /// The double's side.
    pub double: String,
    /// LangSmith's side.
    pub langsmith: String,
    /// Whether the server under test reads this, and so may fail.
    pub counts: bool,
}

/// The elements of a set as words, in its order.
pub(super) fn words<T: Display>(set: &BTreeSet<T>) -> String {
    let words: Vec<String> = set.iter().map(ToString::to_string).collect();
    if words.is_empty() { "nothing".to_owned() } else { words.join(" or ") }
}
