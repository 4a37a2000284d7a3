//! How long a fetched document may be used again (RFC 9111, as a cache that several people share).

use std::time::Duration;

use http::HeaderMap;
use http::header::{AGE, CACHE_CONTROL, DATE, EXPIRES, HeaderName, VARY};
use primitives::clock::Timestamp;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;

/// The lifetime of a document whose response says nothing about it (RFC 9111 section 4.2.2).
const USUAL: Duration = Duration::from_hours(1);
/// The longest lifetime: a client must be able to withdraw a redirect URI.
const LONGEST: Duration = Duration::from_hours(7 * 24);

/// The remaining lifetime of a response that arrived now; `None` if it must not be used again.
pub(super) fn lifetime(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let directives = Directives::of(headers);
    let varies = values(headers, &VARY).any(|value| value.contains('*'));
    if directives.forbid || varies {
        return None;
    }
    let told = directives.shared_age.or(directives.age).or_else(|| expires(headers, now));
    let age = values(headers, &AGE).next().and_then(|text| seconds(text.trim())).unwrap_or_default();
    let left = told.unwrap_or(USUAL).min(LONGEST).saturating_sub(age);
    (!left.is_zero()).then_some(left)
}

/// The directives of `Cache-Control` that matter here (RFC 9111 section 5.2.2).
#[derive(Default)]
struct Directives {
    /// Not to be stored, or not without asking again. Also `private`: several people use our copy.
    forbid: bool,
    /// `s-maxage`, which precedes `max-age`.
    shared_age: Option<Duration>,
    age: Option<Duration>,
}

impl Directives {
    fn of(headers: &HeaderMap) -> Self {
        let mut found = Self::default();
        for directive in values(headers, &CACHE_CONTROL).flat_map(|value| value.split(',')) {
            let (name, value) = directive.split_once('=').unwrap_or((directive, ""));
            let value = value.trim().trim_matches('"');
            match name.trim().to_ascii_lowercase().as_str() {
                "no-store" | "no-cache" | "private" => found.forbid = true,
                "s-maxage" => shorten(&mut found.shared_age, value),
                "max-age" => shorten(&mut found.age, value),
                _ => {}
            }
        }
        found
    }
}

/// Of several values the shortest counts, and one that is no number counts as stale (RFC 9111 section 4.2.1).
fn shorten(age: &mut Option<Duration>, value: &str) {
    let told = seconds(value).unwrap_or_default();
    *age = Some(age.map_or(told, |known| known.min(told)));
}

/// The time from `Date` to `Expires`. An `Expires` that is no date, such as `0`, means the past (RFC 9111 section 5.3).
fn expires(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let end = values(headers, &EXPIRES).next()?;
    let start = values(headers, &DATE).next().and_then(date).unwrap_or(now);
    Some(date(end).map_or(Duration::ZERO, |end| end.since(start)))
}

fn date(text: &str) -> Option<Timestamp> {
    let moment = OffsetDateTime::parse(text, &Rfc2822).ok()?;
    u64::try_from(moment.unix_timestamp()).ok().map(Timestamp::from_secs)
}

fn seconds(text: &str) -> Option<Duration> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    // A number that is too large means a long time (RFC 9111 section 1.2.2).
    is_number.then(|| Duration::from_secs(text.parse().unwrap_or(u64::MAX)))
}

fn values<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> {
    headers.get_all(name).iter().map(|value| value.to_str().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// 2030-03-17 17:46:40.
    const NOW: Timestamp = Timestamp::from_secs(1_900_000_000);

    fn left(headers: &[(HeaderName, &str)]) -> Option<u64> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(name, value.parse().unwrap());
        }
        lifetime(&map, NOW).map(|left| left.as_secs())
    }

    #[test]
    fn silence_means_an_hour() {
        assert_eq!(left(&[]), Some(3600));
        for silent in ["", "public", "must-revalidate, immutable", "stale-while-revalidate=60", "=,;"] {
            assert_eq!(left(&[(CACHE_CONTROL, silent)]), Some(3600), "{silent}");
        }
        assert_eq!(left(&[(VARY, "accept-encoding, origin")]), Some(3600));
    }

    #[test]
    fn what_is_not_to_be_kept_is_not() {
        for forbidden in [
            "no-store",
            "No-Store",
            "no-cache",
            "private",
            "max-age=60, no-store",
            "private=\"a, b\", max-age=60",
        ] {
            assert_eq!(left(&[(CACHE_CONTROL, forbidden)]), None, "{forbidden}");
        }
        assert_eq!(left(&[(CACHE_CONTROL, "max-age=60"), (CACHE_CONTROL, "no-store")]), None);
        assert_eq!(left(&[(VARY, "*")]), None);
    }

    #[test]
    fn an_age_is_believed_up_to_seven_days() {
        for (told, seconds) in [
            ("max-age=60", Some(60)),
            ("public, MAX-AGE = \"60\"", Some(60)),
            ("s-maxage=30, max-age=60", Some(30)),
            ("max-age=20, s-maxage=30", Some(30)),
            ("max-age=60, max-age=20", Some(20)),
            ("max-age=0", None),
            ("max-age=-1", None),
            ("max-age=soon", None),
            ("max-age", None),
            ("max-age=604800", Some(604_800)),
            ("max-age=604801", Some(604_800)),
            ("max-age=99999999999999999999999", Some(604_800)),
        ] {
            assert_eq!(left(&[(CACHE_CONTROL, told)]), seconds, "{told}");
        }
    }

    #[test]
    fn the_age_in_other_caches_counts() {
        assert_eq!(left(&[(CACHE_CONTROL, "max-age=60"), (AGE, "20")]), Some(40));
        assert_eq!(left(&[(CACHE_CONTROL, "max-age=60"), (AGE, "60")]), None);
        assert_eq!(left(&[(CACHE_CONTROL, "max-age=60"), (AGE, "x")]), Some(60));
    }

    #[test]
    fn a_date_of_expiry_counts_from_the_date_of_the_answer() {
        let expires = |text| (EXPIRES, text);
        assert_eq!(left(&[expires("Sun, 17 Mar 2030 17:56:40 GMT")]), Some(600));
        let dated = (DATE, "Sun, 17 Mar 2030 17:54:40 GMT");
        assert_eq!(left(&[expires("Sun, 17 Mar 2030 17:56:40 GMT"), dated]), Some(120));
        for past in ["Sun, 17 Mar 2030 17:46:40 GMT", "Thu, 01 Jan 1970 00:00:00 GMT", "0", "-1", "never"] {
            assert_eq!(left(&[expires(past)]), None, "{past}");
        }
        assert_eq!(left(&[expires("0"), (CACHE_CONTROL, "max-age=60")]), Some(60));
        assert_eq!(left(&[expires("Fri, 01 Jan 2100 00:00:00 GMT")]), Some(604_800));
    }

    proptest! {
        #[test]
        fn no_headers_panic_or_exceed_the_cap(
            name in 0..5_usize,
            value in "[ -~]{0,40}|max-age=[0-9]{0,25}",
        ) {
            let name = [CACHE_CONTROL, EXPIRES, DATE, AGE, VARY][name].clone();
            prop_assert!(left(&[(name, &value)]).is_none_or(|left| (1..=604_800).contains(&left)));
        }
    }
}
