//! What is assumed of LangSmith and could not be seen without an account.

/// One of these, and what was seen. It is told in the smoke's own words and holds nothing of LangSmith's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fact {
    pub(crate) about: &'static str,
    pub(crate) weight: Weight,
    pub(crate) seen: String,
}

/// What it means when LangSmith is other than the double.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Weight {
    /// The server under test is built on what the double does.
    Counts,
    /// It copes with either, or it depends on the key, the plan or the moment.
    Varies,
}
