//! The one place that reads the machine's clock: measuring time is what this program is for.

use std::time::Instant;

/// Now.
#[expect(clippy::disallowed_methods, reason = "durations are the result here, not an input")]
pub(crate) fn now() -> Instant {
    Instant::now()
}
