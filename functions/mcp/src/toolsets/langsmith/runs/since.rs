//! LangSmith's second backend requires a start of the search. Where a call gives none, it is one day before the project
//! began: older runs may exist all the same, and when none are found, the answer says so.

/// The addition to the message that there are no runs. `since` is RFC 3339.
pub(crate) fn note(since: &str) -> String {
    format!(
        ". The search began at {since}, a day before the project's start: give an earlier start_time to \
         search further back."
    )
}
