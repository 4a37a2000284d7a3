//! Runs, traces and threads.

pub(crate) mod fetch_runs;
pub(crate) mod filter_example;
pub(crate) mod get_thread_history;
pub(crate) mod since;
