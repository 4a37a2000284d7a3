//! The retry policy for failed requests. Any request may reach LangSmith twice: a GET, a read that its API makes a
//! POST, and writes that carry their own ids or name the state they build on, so that a repetition changes nothing.

use std::time::Duration;

use primitives::random::{self, Random};

use crate::UpstreamError;

/// The maximum number of attempts, the first included.
const ATTEMPTS: u32 = 3;

/// The first back-off; it doubles with each attempt.
const BASE: Duration = Duration::from_millis(200);

/// The wait after a 429 without `Retry-After`. One retry only: LangSmith's rate limit windows are ten seconds long, and
/// more guesses would spend the caller's quota.
const UNTOLD: Duration = Duration::from_secs(1);

/// The length of LangSmith's rate limit windows (its documentation: run queries per ten seconds). Reported to the
/// caller when retries end with a 429 without `Retry-After` (public report: langsmith-sdk issue 2032).
const WINDOW: Duration = Duration::from_secs(10);

/// The minimum time left after a wait that makes another attempt worthwhile.
const WORTHWHILE: Duration = Duration::from_secs(1);

/// How long to wait before the attempt after number `attempt` (from 1), or `None` when `error` is final.
///
/// A 429 is retried if its `Retry-After` ends within what `remains` of the caller's budget.
pub(crate) fn delay(
    error: &UpstreamError,
    attempt: u32,
    remains: Duration,
    random: &dyn Random,
) -> Option<Duration> {
    if attempt >= ATTEMPTS {
        return None;
    }
    let wait = match error {
        UpstreamError::RateLimited { retry_after: Some(wait) } => *wait + jitter(BASE, random),
        UpstreamError::RateLimited { retry_after: None } if attempt == 1 => {
            UNTOLD + jitter(UNTOLD / 2, random)
        }
        UpstreamError::Server { status: 502..=504 } | UpstreamError::Unreachable => {
            let backoff = BASE * 2_u32.pow(attempt - 1);
            backoff / 2 + jitter(backoff / 2, random)
        }
        _ => return None,
    };
    fits(wait, remains).then_some(wait)
}

/// The error to report after the last attempt.
pub(crate) fn given_up(error: UpstreamError) -> UpstreamError {
    match error {
        UpstreamError::RateLimited { retry_after: None } => {
            UpstreamError::RateLimited { retry_after: Some(WINDOW) }
        }
        error => error,
    }
}

/// Whether another attempt after `wait` is worthwhile.
pub(crate) fn fits(wait: Duration, remains: Duration) -> bool {
    wait + WORTHWHILE <= remains
}

/// A random part of `span`, so that the instances of a stack do not retry in step.
fn jitter(span: Duration, random: &dyn Random) -> Duration {
    let [byte] = random::bytes::<1>(random);
    span * u32::from(byte) / 255
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fixed(u8);

    impl Random for Fixed {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(self.0);
        }
    }

    const LONG: Duration = Duration::from_secs(20);

    #[test]
    fn outages_are_tried_again_with_a_growing_jittered_pause() {
        for error in [UpstreamError::Unreachable, UpstreamError::Server { status: 503 }] {
            assert_eq!(delay(&error, 1, LONG, &Fixed(0)), Some(Duration::from_millis(100)));
            assert_eq!(delay(&error, 1, LONG, &Fixed(255)), Some(Duration::from_millis(200)));
            assert_eq!(delay(&error, 2, LONG, &Fixed(255)), Some(Duration::from_millis(400)));
            assert_eq!(delay(&error, 3, LONG, &Fixed(255)), None);
        }
    }

    #[test]
    fn a_rate_limit_is_tried_again_only_when_its_end_fits_the_budget() {
        let limited =
            |seconds| UpstreamError::RateLimited { retry_after: Some(Duration::from_secs(seconds)) };
        assert_eq!(delay(&limited(3), 1, LONG, &Fixed(0)), Some(Duration::from_secs(3)));
        assert_eq!(delay(&limited(30), 1, LONG, &Fixed(0)), None);
    }

    #[test]
    fn a_rate_limit_without_an_end_is_tried_again_once() {
        let untold = UpstreamError::RateLimited { retry_after: None };
        assert_eq!(delay(&untold, 1, LONG, &Fixed(0)), Some(Duration::from_secs(1)));
        assert_eq!(delay(&untold, 1, LONG, &Fixed(255)), Some(Duration::from_millis(1500)));
        assert_eq!(delay(&untold, 2, LONG, &Fixed(0)), None);
        assert_eq!(delay(&untold, 1, Duration::from_millis(1999), &Fixed(0)), None);
        assert_eq!(given_up(untold), UpstreamError::RateLimited { retry_after: Some(WINDOW) });
        let told = UpstreamError::RateLimited { retry_after: Some(LONG) };
        assert_eq!(given_up(told.clone()), told);
    }

    #[test]
    fn answers_that_would_be_the_same_again_are_final() {
        for error in [
            UpstreamError::Unauthorized,
            UpstreamError::Forbidden,
            UpstreamError::NOT_FOUND,
            UpstreamError::Server { status: 500 },
            UpstreamError::BLOCKED,
            UpstreamError::Malformed,
            UpstreamError::TooLarge,
            UpstreamError::Timeout,
        ] {
            assert_eq!(delay(&error, 1, LONG, &Fixed(0)), None, "{error}");
        }
    }
}
