//! A query of LangSmith's second backend needs a beginning. Where a call names none, that is one day before its project began:
//! runs may be older all the same, and when none are found, that is said.

/// What is put behind the news that there are no runs. `since` is RFC 3339.
pub(crate) fn told(since: &str) -> String {
    format!(
        ". Only runs since {since} were looked for, a day before the project began: start_time looks further back."
    )
}
