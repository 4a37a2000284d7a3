//! The rate of requests, and the waits for data that LangSmith shows with a delay.

use std::time::Duration;

/// The waits of a smoke test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pace {
    /// After each query of runs.
    pub(crate) query: Duration,
    /// Before a lookup is repeated.
    pub(crate) again: Duration,
    /// The number of lookups.
    pub(crate) looks: u32,
}

impl Pace {
    /// For a remote LangSmith. It permits three queries of runs in ten seconds if they may span more than a week, and
    /// shows runs and scores some seconds after it has accepted them.
    pub(crate) const REMOTE: Self =
        Self { query: Duration::from_secs(4), again: Duration::from_secs(3), looks: 20 };

    /// For one on this machine: a double, or equally fast.
    pub(crate) const LOCAL: Self = Self { query: Duration::ZERO, again: Duration::ZERO, looks: 3 };
}
