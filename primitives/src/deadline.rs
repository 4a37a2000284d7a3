//! Deadlines: the time by which some work must be done, whatever it still waits for.
//!
//! They follow the runtime's clock and not [`crate::clock::Clock`]: they limit waits of the runtime, and a test that
//! steps hours ahead must not end open requests.

use std::time::Duration;

use tokio::time::{Instant, timeout_at};

/// The end of a wait.
#[derive(Clone, Copy, Debug)]
pub struct Deadline(Instant);

/// The deadline passed first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Missed;

impl Deadline {
    /// The deadline `span` from now.
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the runtime's clock")]
    pub fn after(span: Duration) -> Self {
        Self(Instant::now() + span)
    }

    /// The earlier one of two.
    #[must_use]
    pub fn earlier(self, other: Self) -> Self {
        Self(self.0.min(other.0))
    }

    /// The remaining time; zero once the deadline has passed.
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the runtime's clock")]
    pub fn remaining(self) -> Duration {
        self.0.saturating_duration_since(Instant::now())
    }

    /// The result of `work` if it is done in time; otherwise it is cancelled.
    pub async fn limit<T>(self, work: impl Future<Output = T>) -> Result<T, Missed> {
        timeout_at(self.0, work).await.map_err(|_| Missed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn work_is_dropped_when_its_time_is_over() {
        let deadline = Deadline::after(Duration::from_secs(5));
        assert_eq!(deadline.limit(async { 1 }).await, Ok(1));
        assert_eq!(deadline.remaining(), Duration::from_secs(5));
        assert_eq!(
            deadline.earlier(Deadline::after(Duration::from_secs(9))).remaining(),
            Duration::from_secs(5)
        );
        assert_eq!(
            deadline.earlier(Deadline::after(Duration::from_secs(1))).remaining(),
            Duration::from_secs(1)
        );
        assert_eq!(deadline.limit(std::future::pending::<()>()).await, Err(Missed));
        assert_eq!(deadline.remaining(), Duration::ZERO);
    }
}
