//! The rate limit of logins. Each login makes us call LangSmith, or check a key there, for a person who is not yet
//! authenticated. On AWS, API Gateway enforces the limit; the single process counts itself.

use std::num::NonZeroU16;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use oauth::return_to::ReturnTo;
use primitives::clock::{SharedClock, Timestamp};

use crate::error::AuthorizeError;

const MINUTE: u64 = 60_000;

/// A bucket for each kind of login, so that a flood of made-up keys does not block the other kind.
pub(crate) struct Throttles {
    pub(crate) with_key: Throttle,
    pub(crate) with_langsmith: Throttle,
}

impl Throttles {
    pub(crate) fn new(a_minute: NonZeroU16, clock: &SharedClock) -> Self {
        let throttle = || Throttle::new(a_minute, clock.clone());
        Self { with_key: throttle(), with_langsmith: throttle() }
    }
}

/// A token bucket: so many logins per minute, with a burst of as many after an idle minute.
pub(crate) struct Throttle {
    a_minute: u64,
    clock: SharedClock,
    bucket: Mutex<Bucket>,
}

struct Bucket {
    /// In 60,000ths of a login, so that each millisecond adds a whole number.
    level: u64,
    filled_at: Timestamp,
}

impl Throttle {
    pub(crate) fn new(a_minute: NonZeroU16, clock: SharedClock) -> Self {
        let a_minute = u64::from(a_minute.get());
        let bucket = Mutex::new(Bucket { level: a_minute * MINUTE, filled_at: clock.now() });
        Self { a_minute, clock, bucket }
    }

    /// Counts a login that is about to call LangSmith. Requests that are not a form of ours, or are answered without a
    /// call, are not counted: cheap junk must not use up everybody's logins.
    pub(crate) fn begin(&self, return_to: &ReturnTo) -> Result<(), AuthorizeError> {
        let too_many = |retry_after| AuthorizeError::TooManyLogins(Box::new(return_to.clone()), retry_after);
        self.take().map_err(too_many)
    }

    /// Takes one login; the error is the time until the next one is available.
    pub(crate) fn take(&self) -> Result<(), Duration> {
        let mut bucket = self.bucket.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.clock.now();
        let passed = u64::try_from(now.since(bucket.filled_at).as_millis()).unwrap_or(u64::MAX);
        let added = passed.saturating_mul(self.a_minute);
        bucket.level = bucket.level.saturating_add(added).min(self.a_minute * MINUTE);
        bucket.filled_at = bucket.filled_at.max(now);
        match bucket.level.checked_sub(MINUTE) {
            Some(level) => {
                bucket.level = level;
                Ok(())
            }
            None => Err(Duration::from_millis((MINUTE - bucket.level).div_ceil(self.a_minute))),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use primitives::clock::SteppedClock;

    use super::*;

    #[test]
    fn a_minutes_logins_may_come_at_once_and_then_at_their_rate() {
        let clock = Arc::new(SteppedClock::new(Timestamp::from_secs(100)));
        let throttle = Throttle::new(NonZeroU16::new(30).unwrap(), clock.clone());
        for _ in 0..30 {
            assert_eq!(throttle.take(), Ok(()));
        }
        assert_eq!(throttle.take(), Err(Duration::from_secs(2)));
        clock.advance(Duration::from_millis(1999));
        assert_eq!(throttle.take(), Err(Duration::from_millis(1)));
        clock.advance(Duration::from_millis(1));
        assert_eq!(throttle.take(), Ok(()));
        assert!(throttle.take().is_err());
        clock.advance(Duration::from_hours(1));
        let taken = (0..100).filter(|_| throttle.take().is_ok()).count();
        assert_eq!(taken, 30, "an hour of quiet gives no more than a minute's");
    }
}
