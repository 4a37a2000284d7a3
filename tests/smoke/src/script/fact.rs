//! Assumptions about LangSmith that cannot be checked without an account.

/// An assumption and the observation, in the smoke test's own words, without any data of LangSmith's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fact {
    pub(crate) about: &'static str,
    pub(crate) weight: Weight,
    pub(crate) seen: String,
}

/// The meaning of a difference between LangSmith and the double.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Weight {
    /// The server under test depends on the double's behaviour.
    Counts,
    /// The server copes with either, or it depends on the key, the plan or the moment.
    Varies,
}
