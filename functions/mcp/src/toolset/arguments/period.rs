//! A time range in a call, checked before any request to LangSmith.

use time::OffsetDateTime;

use super::errors::wrong_value;
use super::reader::Arguments;
use crate::toolset::{ToolError, iso};

/// The maximum size of a time, in bytes.
const MAX_LENGTH: usize = 64;

/// Start and end, in UTC and within the years 1 to 9999; either may be open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Period {
    pub(crate) start: Option<OffsetDateTime>,
    pub(crate) end: Option<OffsetDateTime>,
}

impl Period {
    /// Takes the arguments of these names. Both must be ISO 8601, and the start must be before the end.
    pub(crate) fn parse(
        arguments: &mut Arguments<'_>,
        (start, end): (&'static str, &'static str),
    ) -> Result<Self, ToolError> {
        let period = Self { start: parse_time(arguments, start)?, end: parse_time(arguments, end)? };
        if period.start.zip(period.end).is_some_and(|(from, to)| from >= to) {
            return Err(ToolError::invalid(format!("{start} must be before {end}.")));
        }
        Ok(period)
    }
}

/// Takes one moment, in UTC.
pub(crate) fn parse_time(
    arguments: &mut Arguments<'_>,
    name: &'static str,
) -> Result<Option<OffsetDateTime>, ToolError> {
    let Some(text) = arguments.value(name)? else { return Ok(None) };
    let text = text.trim();
    let moment = if text.len() > MAX_LENGTH { None } else { iso::parse_time(text) };
    moment.map(Some).ok_or_else(|| wrong_value(name, "an ISO 8601 time such as 2026-01-31T12:00:00Z"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse_period(json: &str) -> Result<Period, ToolError> {
        let mut arguments = Arguments::parse(Some(serde_json::from_str(json).unwrap()))?;
        Period::parse(&mut arguments, ("since", "until"))
    }

    #[test]
    fn either_end_may_be_open() {
        for json in ["{}", r#"{"since":"","until":"null"}"#, r#"{"since":"None","until":" "}"#] {
            assert_eq!(parse_period(json), Ok(Period::default()), "{json}");
        }
        let open = parse_period(r#"{"since":" 2026-01-01T00:00:00.5+01:00 ","until":null}"#).unwrap();
        assert_eq!(open.start.map(iso::rfc3339).as_deref(), Some("2025-12-31T23:00:00.5Z"));
        assert_eq!(open.end, None);
    }

    #[test]
    fn zones_count() {
        assert!(
            parse_period(r#"{"since":"2026-01-01T00:00:00+02:00","until":"2026-01-01T00:00:00Z"}"#).is_ok()
        );
        let error = parse_period(r#"{"since":"2026-01-01T00:00:00-02:00","until":"2026-01-01T00:00:00Z"}"#);
        assert_eq!(error, Err(ToolError::invalid("since must be before until.")));
        assert!(parse_period(r#"{"since":"2026-01-01","until":"2026-01-01T00:00"}"#).is_err());
    }

    #[test]
    fn what_is_no_time_is_named() {
        let long = format!(r#"{{"until":"2026-01-01T00:00:00.{}Z"}}"#, "0".repeat(100));
        for json in [
            r#"{"until":"tomorrow"}"#,
            r#"{"until":5}"#,
            r#"{"until":["2026-01-01"]}"#,
            r#"{"until":"9999-12-31T23:59:59-01:00"}"#,
            r#"{"until":"0000-12-31T00:00:00"}"#,
            long.as_str(),
        ] {
            assert!(parse_period(json).unwrap_err().message.starts_with("until must be"), "{json}");
        }
    }
}
