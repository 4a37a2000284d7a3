//! `as_of`: the version of a dataset.

use crate::toolset::arguments::errors::wrong_value;
use crate::toolset::arguments::reader::Arguments;
use crate::toolset::{ToolError, iso};

/// The maximum length of a version's tag, in characters.
const MAX_TAG: usize = 256;

/// A time in LangSmith's form, or the tag of a version unchanged.
pub(crate) fn parse(arguments: &mut Arguments<'_>) -> Result<Option<String>, ToolError> {
    let Some(text) = arguments.value("as_of")? else { return Ok(None) };
    let text = text.trim();
    arguments.in_url.add("as_of", text);
    if text.chars().count() > MAX_TAG {
        return Err(wrong_value("as_of", &format!("a time or a tag of at most {MAX_TAG} characters")));
    }
    match iso::parse_time(text).map(iso::with_offset) {
        Some(time) => Ok(Some(time)),
        None if is_meant_as_time(text) => {
            Err(wrong_value("as_of", "a tag or an ISO 8601 time such as 2026-01-31T12:00:00Z"))
        }
        None => Ok(Some(text.to_owned())),
    }
}

/// Whether a text has the shape of a date, alone or with a time of day: then it is no tag, but a malformed time.
fn is_meant_as_time(text: &str) -> bool {
    let Some((date, rest)) = text.split_at_checked(10) else { return false };
    let is_date = date.bytes().enumerate().all(|(at, byte)| match at {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    let time = rest.strip_prefix(['T', 't', ' ']);
    let is_digit = |c: char| c.is_ascii_digit();
    let is_time = |time: &str| {
        time.is_empty()
            || (time.starts_with(is_digit) && time.chars().all(|c| is_digit(c) || " :.,+-Zz".contains(c)))
    };
    is_date && (rest.is_empty() || time.is_some_and(is_time))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<Option<String>, ToolError> {
        let json = serde_json::json!({"as_of": text}).to_string();
        parse(&mut Arguments::parse(Some(serde_json::from_str(&json).unwrap()))?)
    }

    #[test]
    fn times_are_sent_in_utc_and_tags_as_they_are() {
        for (text, expected) in [
            ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00+00:00"),
            ("2026-01-01", "2026-01-01T00:00:00+00:00"),
            ("2026-01-01T02:00:00.25+02:00", "2026-01-01T00:00:00.250000+00:00"),
            (" v1 ", "v1"),
            ("latest", "latest"),
            ("2026-01", "2026-01"),
            ("2026-13-45-fixed", "2026-13-45-fixed"),
            ("2026-01-02 fixed", "2026-01-02 fixed"),
            ("2026-01-02 2nd try", "2026-01-02 2nd try"),
            ("１２３４-12-31", "１２３４-12-31"),
        ] {
            assert_eq!(parsed(text), Ok(Some(expected.to_owned())), "{text}");
        }
        assert_eq!(parsed(" "), Ok(None));
        for text in [
            "2026-13-45",
            "2026-01-32T00:00:00Z",
            "2026-01-01T",
            "2026-01-01T25:00",
            "2026-01-01 00:00:99",
            "9999-12-31T23:59:59-23:00",
            "0000-12-31",
        ] {
            let message = "as_of must be a tag or an ISO 8601 time such as 2026-01-31T12:00:00Z.";
            assert_eq!(parsed(text), Err(ToolError::invalid(message)), "{text}");
        }
        assert!(parsed(&"x".repeat(MAX_TAG + 1)).unwrap_err().message.starts_with("as_of must be"));
    }
}
