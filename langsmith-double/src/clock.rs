//! The one place that reads the ambient clock.
//!
//! The double stands for a foreign machine, whose clock the code under test cannot step; tests that need an expiry
//! use [`crate::Handle::expire_access_tokens`] instead of waiting.

use time::OffsetDateTime;

/// The present moment, UTC, in whole microseconds: the resolution of every time that LangSmith sends, so that a time
/// read from an answer can be sent back as an exact bound.
#[expect(clippy::disallowed_methods, reason = "the double is a foreign machine with a clock of its own")]
pub(crate) fn now() -> OffsetDateTime {
    let now = OffsetDateTime::now_utc();
    now.truncate_to_microsecond()
}

/// Microseconds since the Unix epoch.
pub(crate) fn micros(at: OffsetDateTime) -> i64 {
    i64::try_from(at.unix_timestamp_nanos() / 1000).unwrap_or(i64::MAX)
}
