//! The range of start times in a search. A walk over the newest runs keeps its first end, so that later runs stay
//! outside and shift nothing.

use time::{Duration, OffsetDateTime};

use crate::toolset::arguments::period::Period;
use crate::toolset::arguments::reader::Arguments;
use crate::toolset::{ToolError, iso};

/// LangSmith's times have microseconds.
const TICK: Duration = Duration::MICROSECOND;

/// The range of a call.
pub(super) fn parse(args: &mut Arguments<'_>) -> Result<Period, ToolError> {
    Period::parse(args, ("start_time", "end_time"))
}

/// The same window without runs that start after `newest`.
pub(super) fn until(window: Period, newest: OffsetDateTime) -> Period {
    let end = newest.saturating_add(TICK);
    Period { end: Some(window.end.map_or(end, |own| own.min(end))), ..window }
}

/// Both ends in LangSmith's form.
pub(super) fn texts(window: Period) -> (Option<String>, Option<String>) {
    (window.start.map(iso::with_microseconds), window.end.map(iso::with_microseconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(text: &str) -> Result<Period, ToolError> {
        parse(&mut Arguments::parse(Some(serde_json::from_str(text).unwrap())).unwrap())
    }

    #[test]
    fn times_are_sent_in_utc() {
        let window =
            window(r#"{"start_time":"2026-01-01","end_time":"2026-01-02T01:00:00.5+02:00"}"#).unwrap();
        let (start, end) = texts(window);
        assert_eq!(start.as_deref(), Some("2026-01-01T00:00:00.000000Z"));
        assert_eq!(end.as_deref(), Some("2026-01-01T23:00:00.500000Z"));
    }

    #[test]
    fn the_ends_of_the_calendar_are_refused() {
        for text in [
            r#"{"end_time":"9999-12-31T23:59:59-23:00"}"#,
            r#"{"end_time":"0000-12-31"}"#,
            r#"{"end_time":"0000-01-01T00:00:00+23:00"}"#,
        ] {
            assert!(window(text).unwrap_err().message.starts_with("end_time must be"), "{text}");
        }
    }

    #[test]
    fn a_walk_ends_just_after_its_newest_run() {
        let newest = iso::parse_time("2026-01-01T00:00:00.000009").unwrap();
        let (_, end) = texts(until(Period::default(), newest));
        assert_eq!(end.as_deref(), Some("2026-01-01T00:00:00.000010Z"));
        let narrow = window(r#"{"end_time":"2026-01-01T00:00:00.000009Z"}"#).unwrap();
        assert_eq!(until(narrow, newest), narrow);
    }
}
