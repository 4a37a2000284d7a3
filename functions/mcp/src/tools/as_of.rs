//! `as_of`: which state of a dataset is meant.

use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use time::{OffsetDateTime, UtcOffset};

use super::args::{Arguments, wrong};
use super::{ToolError, iso};

const FORMAT: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:6]");

/// The longest tag of a version.
const MAX_TAG: usize = 256;

/// A time, as LangSmith reads times, or the tag of a version as it is.
pub(crate) fn take(arguments: &mut Arguments<'_>) -> Result<Option<String>, ToolError> {
    let Some(text) = arguments.text("as_of")? else { return Ok(None) };
    let text = text.trim();
    if text.chars().count() > MAX_TAG {
        return Err(wrong("as_of", &format!("a time or a tag of at most {MAX_TAG} characters")));
    }
    Ok(Some(iso::moment(text).and_then(written).unwrap_or_else(|| text.to_owned())))
}

/// At the ends of the calendar a zone can lead out of it.
fn written(moment: OffsetDateTime) -> Option<String> {
    let moment =
        moment.checked_to_offset(UtcOffset::UTC).filter(|moment| (1..=9999).contains(&moment.year()))?;
    Some(iso::in_utc(&moment.format(FORMAT).ok()?, "+00:00"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<Option<String>, ToolError> {
        let json = serde_json::json!({"as_of": text}).to_string();
        take(&mut Arguments::parse(Some(serde_json::from_str(&json).unwrap()))?)
    }

    #[test]
    fn times_are_sent_in_utc_and_tags_as_they_are() {
        for (text, expected) in [
            ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00+00:00"),
            ("2026-01-01", "2026-01-01T00:00:00+00:00"),
            ("2026-01-01T02:00:00.25+02:00", "2026-01-01T00:00:00.250000+00:00"),
            (" v1 ", "v1"),
            ("latest", "latest"),
            ("2026-13-01", "2026-13-01"),
            ("9999-12-31T23:59:59-23:00", "9999-12-31T23:59:59-23:00"),
        ] {
            assert_eq!(parsed(text), Ok(Some(expected.to_owned())), "{text}");
        }
        assert_eq!(parsed(" "), Ok(None));
        assert!(parsed(&"x".repeat(MAX_TAG + 1)).unwrap_err().message.starts_with("as_of must be"));
    }
}
