//! Wire formats of times and costs. Sample: "Fetch performance metrics" of the documentation has the start of a project
//! without a time zone, and the version of a dataset with `+00:00`. Description: costs are strings. SDK: the time in a
//! `dotted_order`. Assumed: all times of projects and runs have no time zone, all others have one. Assumed: a cost has
//! no trailing zeros.

use time::format_description::BorrowedFormatItem;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{Date, OffsetDateTime, PrimitiveDateTime, UtcOffset};

const LOCAL: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:6]");
const COMPACT: &[BorrowedFormatItem<'_>] =
    format_description!("[year][month][day]T[hour][minute][second][subsecond digits:6]Z");
const SECONDS: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]");
const MINUTES: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day]T[hour]:[minute]");
const FRACTION: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond]");
const DAY: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day]");

/// A time of a run or project: UTC, without a time zone.
pub(crate) fn local(at: OffsetDateTime) -> String {
    at.format(LOCAL).unwrap_or_default()
}

/// A time of a dataset or prompt: UTC, with `+00:00`.
pub(crate) fn zoned(at: OffsetDateTime) -> String {
    format!("{}+00:00", local(at))
}

/// The time part of a `dotted_order`.
pub(crate) fn compact(at: OffsetDateTime) -> String {
    at.format(COMPACT).unwrap_or_default()
}

/// Parses the time part of a `dotted_order`.
pub(crate) fn parse_compact(text: &str) -> Option<OffsetDateTime> {
    PrimitiveDateTime::parse(text, COMPACT).ok().map(PrimitiveDateTime::assume_utc)
}

/// Parses an ISO 8601 time; one without a time zone is UTC.
pub(crate) fn parse(text: &str) -> Option<OffsetDateTime> {
    let text = text.trim().replacen(' ', "T", 1);
    if let Ok(at) = OffsetDateTime::parse(&text, &Rfc3339) {
        return at.checked_to_offset(UtcOffset::UTC);
    }
    [FRACTION, SECONDS, MINUTES]
        .iter()
        .find_map(|format| PrimitiveDateTime::parse(&text, format).ok())
        .or_else(|| Some(Date::parse(&text, DAY).ok()?.midnight()))
        .map(PrimitiveDateTime::assume_utc)
}

/// Billionths of a dollar as the decimal string that LangSmith sends, without trailing zeros.
pub(crate) fn dollars(nanos: u64) -> String {
    let text = format!("{}.{:09}", nanos / 1_000_000_000, nanos % 1_000_000_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::{dollars, local, parse};

    #[test]
    fn costs_keep_every_digit() {
        assert_eq!(dollars(20_850), "0.00002085");
        assert_eq!(dollars(2_000_000_000), "2");
        assert_eq!(dollars(0), "0");
    }

    #[test]
    fn times_with_and_without_a_zone_mean_the_same() {
        let expected = "2026-01-02T03:04:05.000000";
        for text in [
            "2026-01-02T03:04:05",
            "2026-01-02T03:04:05Z",
            "2026-01-02 04:04:05+01:00",
            "2026-01-02T03:04:05.0",
        ] {
            assert_eq!(parse(text).map(local).as_deref(), Some(expected), "{text}");
        }
        assert_eq!(parse("2026-01-02").map(local).as_deref(), Some("2026-01-02T00:00:00.000000"));
        assert_eq!(parse("yesterday"), None);
    }
}
