//! The number of concurrent requests, and the waits between look-ups.

use std::time::Duration;

/// The number of concurrent requests.
pub(super) const AT_ONCE: usize = 8;

/// The waits for a run that was just recorded, one per attempt: LangSmith stores it some time after accepting it, and
/// may not know it yet when its first score arrives, or when it is looked up.
pub(super) const WAITS: [Duration; 3] =
    [Duration::from_millis(300), Duration::from_millis(900), Duration::from_millis(2700)];
