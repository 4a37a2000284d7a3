//! LangSmith's second backend requires a start of the search. Where a call gives none, it is one day before the project
//! began: older runs may exist all the same, and when none are found, the answer says so.

/// The addition to the message that there are no runs. `since` is RFC 3339.
pub(crate) fn told(since: &str) -> String {
    format!(
        ". Only runs since {since} were looked for, a day before the project began: start_time looks further back."
    )
}
