//! The range of start times that is searched. A walk over the newest runs keeps the end that it began with, so that
//! runs which arrive meanwhile stay outside and shift nothing.

use time::macros::format_description;
use time::{Duration, OffsetDateTime, format_description::BorrowedFormatItem};

use crate::toolset::ToolError;
use crate::toolset::arguments::period::Period;
use crate::toolset::arguments::reader::Arguments;

/// Start and end; both may be open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Window {
    pub(super) start: Option<OffsetDateTime>,
    pub(super) end: Option<OffsetDateTime>,
}

/// LangSmith's times have microseconds.
const TICK: Duration = Duration::MICROSECOND;

const FORMAT: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:6]Z");

impl Window {
    pub(super) fn parse(args: &mut Arguments<'_>) -> Result<Self, ToolError> {
        let period = Period::parse(args, ("start_time", "end_time"))?;
        Ok(Self { start: period.start, end: period.end })
    }

    /// The same window without runs that start after `newest`.
    pub(super) fn until(self, newest: OffsetDateTime) -> Self {
        let end = newest.saturating_add(TICK);
        Self { end: Some(self.end.map_or(end, |own| own.min(end))), ..self }
    }

    /// Both ends in LangSmith's form.
    pub(super) fn texts(self) -> (Option<String>, Option<String>) {
        (self.start.map(format_time), self.end.map(format_time))
    }
}

fn format_time(moment: OffsetDateTime) -> String {
    moment.format(FORMAT).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::toolset::iso;

    fn window(text: &str) -> Result<Window, ToolError> {
        Window::parse(&mut Arguments::parse(Some(serde_json::from_str(text).unwrap())).unwrap())
    }

    #[test]
    fn times_are_sent_in_utc() {
        let window =
            window(r#"{"start_time":"2026-01-01","end_time":"2026-01-02T01:00:00.5+02:00"}"#).unwrap();
        let (start, end) = window.texts();
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
        let (_, end) = Window::default().until(newest).texts();
        assert_eq!(end.as_deref(), Some("2026-01-01T00:00:00.000010Z"));
        let narrow = window(r#"{"end_time":"2026-01-01T00:00:00.000009Z"}"#).unwrap();
        assert_eq!(narrow.until(newest), narrow);
    }
}
