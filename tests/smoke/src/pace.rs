//! How fast is asked, and how long is waited for what LangSmith shows later than it takes it.

use std::time::Duration;

/// The waits of a smoke.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pace {
    /// After each query of runs.
    pub(crate) query: Duration,
    /// Before something is looked for again.
    pub(crate) again: Duration,
    /// How often something is looked for.
    pub(crate) looks: u32,
}

impl Pace {
    /// For a LangSmith elsewhere. It allows three queries of runs in ten seconds where they may span more than a week, and
    /// shows runs and scores some seconds after they were taken.
    pub(crate) const REMOTE: Self =
        Self { query: Duration::from_secs(4), again: Duration::from_secs(3), looks: 20 };

    /// For one on this machine, which is a double or as fast as one.
    pub(crate) const LOCAL: Self = Self { query: Duration::ZERO, again: Duration::ZERO, looks: 3 };
}
