//! Times and durations in ISO 8601. LangSmith's times usually come without a zone and mean UTC.

use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{OffsetDateTime, PrimitiveDateTime, UtcOffset, format_description::BorrowedFormatItem};

/// A time as `YYYY-MM-DDTHH:MM:SS[.ffffff]` without its zone, if the zone is UTC or absent.
fn utc_parts(text: &str) -> Option<(&str, &str)> {
    let text = ["Z", "+00:00", "+0000"].iter().find_map(|zone| text.strip_suffix(zone)).unwrap_or(text);
    let (seconds, fraction) = text.split_at_checked(19)?;
    let fraction = if fraction.is_empty() { "" } else { fraction.strip_prefix('.')? };
    let shaped = seconds.bytes().enumerate().all(|(at, byte)| match at {
        4 | 7 => byte == b'-',
        10 => byte == b'T',
        13 | 16 => byte == b':',
        _ => byte.is_ascii_digit(),
    });
    (shaped && fraction.len() <= 9 && fraction.bytes().all(|byte| byte.is_ascii_digit()))
        .then_some((seconds, fraction))
}

/// The time in UTC with its zone spelled `zone`; microseconds only when there are any. Times of another shape or zone
/// stay unchanged.
pub(crate) fn in_utc(text: &str, zone: &str) -> String {
    let mut time = String::with_capacity(LONGEST);
    if put_in_utc(text, zone, &mut time) { time } else { text.to_owned() }
}

/// Like [`in_utc`], as JSON; `None` for times of another shape or zone.
pub(crate) fn json_in_utc(text: &str, zone: &str) -> Option<String> {
    let mut json = String::with_capacity(LONGEST);
    json.push('"');
    let known = put_in_utc(text, zone, &mut json);
    json.push('"');
    known.then_some(json)
}

/// The maximum size of a time with zone and quotes, in bytes.
const LONGEST: usize = 40;

fn put_in_utc(text: &str, zone: &str, time: &mut String) -> bool {
    let Some((seconds, fraction)) = utc_parts(text) else { return false };
    time.push_str(seconds);
    let fraction = fraction.get(..6.min(fraction.len())).unwrap_or_default();
    if fraction.bytes().any(|digit| digit != b'0') {
        time.push('.');
        time.push_str(fraction);
        time.push_str("000000".get(fraction.len()..).unwrap_or_default());
    }
    time.push_str(zone);
    true
}

/// A moment in UTC in the form of RFC 3339 that LangSmith reads everywhere: a fraction only when there is one, and `Z`.
pub(crate) fn rfc3339(moment: OffsetDateTime) -> String {
    moment.format(&Rfc3339).unwrap_or_default()
}

/// A moment in UTC with six decimals, always, and `Z`.
pub(crate) fn with_microseconds(moment: OffsetDateTime) -> String {
    moment.format(MICROSECONDS).unwrap_or_default()
}

const MICROSECONDS: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:6]Z");

/// A moment in UTC with `+00:00`; microseconds only when there are any.
pub(crate) fn with_offset(moment: OffsetDateTime) -> String {
    in_utc(&with_microseconds(moment), "+00:00")
}

/// The time as LangSmith writes it in `dotted_order`: digits only, microseconds and `Z`.
pub(crate) fn compact(text: &str) -> Option<String> {
    let (seconds, fraction) = utc_parts(text)?;
    let digits: String = seconds.chars().filter(|c| *c != '-' && *c != ':').collect();
    let fraction = fraction.get(..6.min(fraction.len())).unwrap_or_default();
    Some(format!("{digits}{fraction:0<6}Z"))
}

/// The moment in a caller's text: a date, or a date and a time of day with or without seconds, fraction and zone. The
/// defaults are midnight and UTC. The result is in UTC and within the years 1 to 9999: at the ends of the calendar a
/// zone leads out of them.
pub(crate) fn parse_time(text: &str) -> Option<OffsetDateTime> {
    let (date, rest) = text.split_at_checked(10)?;
    let rest = if rest.is_empty() { "00:00:00Z" } else { rest.strip_prefix(['T', 't', ' '])? };
    let (time, zone) = rest.split_at_checked(rest.find(['Z', 'z', '+', '-']).unwrap_or(rest.len()))?;
    let seconds = if time.len() == 5 { ":00" } else { "" };
    let zone = match (zone.len(), zone.split_at_checked(3)) {
        (0, _) => "Z".to_owned(),
        (3, _) => format!("{zone}:00"),
        (5, Some((hours, minutes))) => format!("{hours}:{minutes}"),
        _ => zone.to_ascii_uppercase(),
    };
    let moment = OffsetDateTime::parse(&format!("{date}T{time}{seconds}{zone}"), &Rfc3339).ok()?;
    moment.checked_to_offset(UtcOffset::UTC).filter(|moment| (1..=9999).contains(&moment.year()))
}

const SECONDS: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]");

/// The seconds since a fixed moment, for comparison.
pub(crate) fn seconds(text: &str) -> Option<f64> {
    let (seconds, fraction) = utc_parts(text)?;
    let moment = PrimitiveDateTime::parse(seconds, SECONDS).ok()?;
    let fraction: f64 = format!("0.{fraction}0").parse().ok()?;
    Some((moment - PrimitiveDateTime::MIN).as_seconds_f64() + fraction)
}

/// A duration in seconds as `P[…Y][…D]T[…H][…M][…S]`, with years of 365 days, zero parts left out and at most six
/// decimals: the form that clients of the older server read.
pub(crate) fn duration(seconds: f64) -> String {
    let Ok(length) = std::time::Duration::try_from_secs_f64(seconds.abs()) else { return "PT0S".to_owned() };
    let (mut whole, mut micros) = (length.as_secs(), (f64::from(length.subsec_nanos()) / 1e3).round());
    if micros >= 1e6 {
        (whole, micros) = (whole + 1, 0.0);
    }
    let days = whole / 86_400;
    let date = part(days / 365, "Y") + &part(days % 365, "D");
    let mut time = part(whole / 3600 % 24, "H") + &part(whole / 60 % 60, "M");
    if micros > 0.0 {
        let decimals = format!("{micros:06}");
        time = format!("{time}{}.{}S", whole % 60, decimals.trim_end_matches('0'));
    } else {
        time += &part(whole % 60, "S");
    }
    let sign = if seconds < 0.0 { "-" } else { "" };
    match (date.is_empty(), time.is_empty()) {
        (true, true) => "PT0S".to_owned(),
        (false, true) => format!("{sign}P{date}"),
        _ => format!("{sign}P{date}T{time}"),
    }
}

fn part(count: u64, unit: &str) -> String {
    if count == 0 { String::new() } else { format!("{count}{unit}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_printed_in_utc() {
        for (text, expected) in [
            ("2026-01-01T00:00:00", "2026-01-01T00:00:00+00:00"),
            ("2026-01-01T00:00:00.000000", "2026-01-01T00:00:00+00:00"),
            ("2026-01-01T00:00:00.5", "2026-01-01T00:00:00.500000+00:00"),
            ("2026-01-01T00:00:00.123456789Z", "2026-01-01T00:00:00.123456+00:00"),
            ("2026-01-01T00:00:00+00:00", "2026-01-01T00:00:00+00:00"),
            ("2026-01-01T00:00:00+02:00", "2026-01-01T00:00:00+02:00"),
            ("yesterday", "yesterday"),
            ("２０２６", "２０２６"),
        ] {
            assert_eq!(in_utc(text, "+00:00"), expected, "{text}");
        }
    }

    #[test]
    fn moments_are_written_in_each_format() {
        for (text, short, long, offset) in [
            (
                "2026-01-01",
                "2026-01-01T00:00:00Z",
                "2026-01-01T00:00:00.000000Z",
                "2026-01-01T00:00:00+00:00",
            ),
            (
                "2026-01-01T02:00:00.25+02:00",
                "2026-01-01T00:00:00.25Z",
                "2026-01-01T00:00:00.250000Z",
                "2026-01-01T00:00:00.250000+00:00",
            ),
        ] {
            let moment = parse_time(text).unwrap();
            assert_eq!(rfc3339(moment), short);
            assert_eq!(with_microseconds(moment), long);
            assert_eq!(with_offset(moment), offset);
        }
    }

    #[test]
    fn a_dotted_order_starts_with_digits() {
        assert_eq!(compact("2026-01-02T03:04:05.67").as_deref(), Some("20260102T030405670000Z"));
        assert_eq!(compact("soon"), None);
    }

    #[test]
    fn moments_can_be_compared() {
        let of = |text| seconds(text).unwrap();
        assert!((of("2026-03-01T00:00:00.25") - of("2026-02-28T23:59:59Z") - 1.25).abs() < 1e-3);
        assert_eq!(seconds("2026-13-01T00:00:00"), None);
    }

    #[test]
    fn a_moment_may_be_given_in_part() {
        let expected = parse_time("2026-01-02T00:00:00Z").unwrap();
        for text in [
            "2026-01-02",
            "2026-01-02T00:00",
            "2026-01-02 00:00:00",
            "2026-01-02t00:00:00.000z",
            "2026-01-02T01:30+01:30",
            "2026-01-02T01:30:00+0130",
            "2026-01-01T19:00:00.0-05",
        ] {
            assert_eq!(parse_time(text), Some(expected), "{text}");
        }
        for text in [
            "",
            "soon",
            "2026-01",
            "2026-02-30",
            "2026-01-02T",
            "2026-01-02T25:00",
            "2026-01-02Z",
            "2026-01-02T00:00:00+1",
            "2026-01-02T00:00:00 Europe/Berlin",
            "２０２６-01-02",
            "2026-01-02\u{0}",
            "9999-12-31T23:59:59-01:00",
            "0000-12-31",
        ] {
            assert_eq!(parse_time(text), None, "{text}");
        }
    }

    #[test]
    fn durations_leave_out_what_is_zero() {
        for (seconds, expected) in [
            (0.0, "PT0S"),
            (1.626, "PT1.626S"),
            (2.39, "PT2.39S"),
            (59.999_999, "PT59.999999S"),
            (59.999_999_9, "PT1M"),
            (61.0, "PT1M1S"),
            (3661.5, "PT1H1M1.5S"),
            (86_400.0, "P1D"),
            (129_600.0, "P1DT12H"),
            (34_560_001.0, "P1Y35DT1S"),
            (1e-7, "PT0S"),
            (0.000_001, "PT0.000001S"),
            (-1.5, "-PT1.5S"),
            (f64::NAN, "PT0S"),
        ] {
            assert_eq!(duration(seconds), expected, "{seconds}");
        }
    }
}
