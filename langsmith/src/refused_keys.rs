//! Keys that LangSmith refused recently: a broken client may repeat one hundreds of times a minute, but LangSmith is
//! asked only once a minute.

use std::time::Duration;

use primitives::clock::SharedClock;
use primitives::timed::TimedMap;

/// The lifetime of a refusal: short, because a key that was just created, or given a permission, has to work soon.
const BELIEVED: Duration = Duration::from_mins(1);

/// Refused keys, keyed by their [`Secret::fingerprint`](primitives::secret::Secret::fingerprint).
pub struct RefusedKeys {
    refusals: TimedMap<String, ()>,
    clock: SharedClock,
}

impl RefusedKeys {
    /// An empty memory of refusals.
    pub const fn new(clock: SharedClock) -> Self {
        Self { refusals: TimedMap::new(BELIEVED), clock }
    }

    /// Whether this key was refused within the last minute.
    pub fn has(&self, fingerprint: &String) -> bool {
        self.refusals.get(fingerprint, self.clock.now()).is_some()
    }

    /// Remembers a refusal.
    pub fn remember(&self, fingerprint: String) {
        self.refusals.put(fingerprint, (), self.clock.now());
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use primitives::clock::{SteppedClock, Timestamp};

    use super::*;

    #[test]
    fn a_refusal_is_believed_for_a_minute() {
        let clock = Arc::new(SteppedClock::new(Timestamp::from_secs(100)));
        let refused = RefusedKeys::new(clock.clone());
        refused.remember("a".to_owned());
        clock.advance(Duration::from_secs(59));
        assert!(refused.has(&"a".to_owned()) && !refused.has(&"b".to_owned()));
        clock.advance(Duration::from_secs(1));
        assert!(!refused.has(&"a".to_owned()));
    }
}
