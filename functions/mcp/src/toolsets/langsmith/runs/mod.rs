//! Tools that read runs: filtered lists, single ones, whole traces, and the messages of a thread. What LangSmith's two
//! query APIs do differently is in the client (`langsmith::runs`); runs are written in `experiments` only.

pub(crate) mod fetch_runs;
pub(crate) mod filter_example;
pub(crate) mod get_thread_history;
pub(crate) mod since;
