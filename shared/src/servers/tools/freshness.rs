//! How long a list may be served.

use std::time::Duration;

use primitives::clock::Timestamp;

use super::list::ListSource;

/// How long a list is fresh if its server does not say: as LangSmith's own cache.
const FRESH: Duration = Duration::from_hours(2);
/// How long it may then be served while somebody fetches a new one.
const WHILE_REFRESHED: Duration = Duration::from_mins(30);
/// The shortest time for which a list is fresh, whatever its server says: a server must not make every request ask it.
const FLOOR: Duration = Duration::from_secs(30);
/// The longest one.
const CAP: Duration = Duration::from_hours(24);
/// How long a list of a manifest is fresh: the next request asks the server itself.
const OF_MANIFEST: Duration = Duration::from_secs(10);

/// The state of a stored list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Freshness {
    /// It is served.
    Fresh,
    /// It is served to everybody but the one who fetches a new one.
    WhileRefreshed,
    /// It is served only if no new one can be fetched.
    Outdated,
}

/// Until when a list is fresh that was fetched now and whose server said this (`ttlMs` of MCP 2026-07-28).
pub(super) fn fresh_until(source: ListSource, ttl: Option<Duration>, now: Timestamp) -> Timestamp {
    now.plus(match source {
        ListSource::Manifest => OF_MANIFEST,
        ListSource::Handshake => ttl.unwrap_or(FRESH).clamp(FLOOR, CAP),
    })
}

/// The state of a list that is fresh until then.
pub(super) fn freshness(fresh_until: Timestamp, now: Timestamp) -> Freshness {
    if now < fresh_until {
        Freshness::Fresh
    } else if now < fresh_until.plus(WHILE_REFRESHED) {
        Freshness::WhileRefreshed
    } else {
        Freshness::Outdated
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_secs(1000);

    #[test]
    fn a_server_decides_within_limits() {
        let of = |ttl| fresh_until(ListSource::Handshake, ttl, NOW).since(NOW);
        assert_eq!(of(None), Duration::from_hours(2));
        assert_eq!(of(Some(Duration::ZERO)), Duration::from_secs(30));
        assert_eq!(of(Some(Duration::from_mins(5))), Duration::from_mins(5));
        assert_eq!(of(Some(Duration::MAX)), Duration::from_hours(24));
        let manifest = fresh_until(ListSource::Manifest, Some(Duration::from_hours(1)), NOW);
        assert_eq!(manifest.since(NOW), Duration::from_secs(10));
    }

    #[test]
    fn a_list_ages_in_two_steps() {
        let until = NOW.plus(Duration::from_mins(1));
        for (after, expected) in [
            (0, Freshness::Fresh),
            (59, Freshness::Fresh),
            (60, Freshness::WhileRefreshed),
            (60 + 1799, Freshness::WhileRefreshed),
            (60 + 1800, Freshness::Outdated),
        ] {
            assert_eq!(freshness(until, NOW.plus(Duration::from_secs(after))), expected, "{after}");
        }
    }
}
