//! LangSmith's second backend requires a start of the search. Without one in the call, it is one day before the project
//! began: older runs may exist all the same, and an answer without runs says so.

/// The addition to the message that there are no runs. `since` is RFC 3339.
pub(crate) fn note(since: &str) -> String {
    format!(
        ". The search began at {since}, a day before the project's start: give an earlier start_time to \
         search further back."
    )
}
