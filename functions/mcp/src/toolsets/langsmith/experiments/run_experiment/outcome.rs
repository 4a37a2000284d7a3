//! The result of the caller's program for one example.

use serde_json::value::RawValue;
use time::OffsetDateTime;
use uuid::Uuid;

use super::scores::{self, Score};
use crate::toolset::ToolError;
use crate::toolset::arguments::errors::{missing, wrong_value};
use crate::toolset::arguments::free_form::{object_or_empty, uuid};
use crate::toolset::arguments::period;
use crate::toolset::arguments::placeholders::{EmptyForm, MayBeEmpty, names_nothing};
use crate::toolset::arguments::reader::Arguments;
use crate::toolset::schema::entry::object_or_list;
use crate::toolset::schema::tool_schema::{Parameter, integer, object, text};

/// The maximum repetition: more attempts at one example than anybody makes.
const MAX_REPETITION: i64 = 9999;

/// The longest error text, in bytes: a stack trace, not a log.
const MAX_ERROR: usize = 100_000;

/// One result, which may be scores only.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(super) example: Uuid,
    pub(super) repetition: u16,
    /// Absent if there are only scores, for an earlier run.
    pub(super) run: Option<Run>,
    pub(super) scores: Vec<Score>,
}

/// A run of the program.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) outputs: Option<Box<RawValue>>,
    pub(super) error: Option<String>,
    pub(super) times: Option<Times>,
}

/// Start and end, to the microsecond.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Times {
    pub(super) start: OffsetDateTime,
    pub(super) end: OffsetDateTime,
}

/// The members of one result.
pub(super) fn members() -> Vec<Parameter> {
    vec![
        ("example_id", text("UUID of the example.")),
        ("outputs", object("What it returned.")),
        ("error", text("How it failed.")),
        ("scores", object_or_list("{key: number, boolean or text}, or [{key, score, value, comment}].")),
        ("start_time", text("ISO 8601.")),
        ("end_time", text("ISO 8601.")),
        ("repetition", integer("From 0; each attempt at the same example has its own.")),
    ]
}

/// A program may return nothing, and have no error.
pub(super) const MAY_BE_EMPTY: MayBeEmpty = &[("error", EmptyForm::Text), ("outputs", EmptyForm::Object)];

/// Takes a result.
pub(super) fn parse(members: &mut Arguments<'_>) -> Result<Outcome, ToolError> {
    let example = uuid(members, "example_id")?.ok_or_else(|| missing("example_id"))?;
    let has_outputs = members.remaining().any(|(name, value)| name == "outputs" && value.get() != "null");
    let outputs = object_or_empty(members, "outputs")?;
    let error = members.long_text("error", MAX_ERROR)?;
    // A program with outputs has not failed with this word.
    let error = match error {
        Some(word) if names_nothing(&word) && has_outputs => members.ignored.add_beside("error"),
        Some(word) if names_nothing(&word) && members.fills_in() => members.ignore("error"),
        error => error,
    };
    let times = times(parse_time(members, "start_time")?, parse_time(members, "end_time")?)?;
    let scores = scores::parse(members)?;
    let run = match (&outputs, &error) {
        (None, None) => None,
        _ => Some(Run { outputs, error, times }),
    };
    if run.is_none() && scores.is_empty() {
        return Err(ToolError::invalid("Nothing to record: give outputs, error or scores."));
    }
    Ok(Outcome { example, repetition: repetition(members)?, run, scores })
}

fn repetition(members: &mut Arguments<'_>) -> Result<u16, ToolError> {
    match members.integer("repetition")?.unwrap_or(0) {
        number @ 0..=MAX_REPETITION => Ok(u16::try_from(number).unwrap_or(u16::MAX)),
        _ => Err(wrong_value("repetition", &format!("between 0 and {MAX_REPETITION}"))),
    }
}

/// A single time is both start and end.
fn times(start: Option<OffsetDateTime>, end: Option<OffsetDateTime>) -> Result<Option<Times>, ToolError> {
    let (Some(start), Some(end)) = (start.or(end), end.or(start)) else { return Ok(None) };
    if start > end {
        return Err(ToolError::invalid("start_time must not be after end_time."));
    }
    Ok(Some(Times { start, end }))
}

fn parse_time(members: &mut Arguments<'_>, name: &'static str) -> Result<Option<OffsetDateTime>, ToolError> {
    Ok(period::parse_time(members, name)?.map(OffsetDateTime::truncate_to_microsecond))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::toolset::iso;

    const ID: &str = "e0000000-0000-4000-8000-000000000001";

    fn read(rest: &str) -> Result<Outcome, ToolError> {
        let json = format!(r#"{{"example_id":"{ID}"{rest}}}"#);
        parse(&mut Arguments::parse(Some(serde_json::from_str(&json).unwrap())).unwrap())
    }

    #[test]
    fn one_time_stands_for_both() {
        let times = |rest: &str| read(&format!(r#","error":"x"{rest}"#)).unwrap().run.unwrap().times;
        assert_eq!(times(""), None);
        let both = times(r#","start_time":"2026-01-01T01:00:00.1234567+01:00""#).unwrap();
        assert_eq!(both.start, both.end);
        assert_eq!(both.start, iso::parse_time("2026-01-01T00:00:00.123456Z").unwrap());
        assert_eq!(
            times(r#","end_time":"2026-01-01""#).unwrap().start,
            iso::parse_time("2026-01-01").unwrap()
        );
    }

    #[test]
    fn mistakes_are_named() {
        for (rest, name) in [
            ("", "Nothing to record"),
            (r#","outputs":[1]"#, "outputs"),
            (r#","error":5"#, "error"),
            (r#","error":"x","start_time":"soon""#, "start_time"),
            (r#","error":"x","end_time":"2026-01-01","start_time":"2026-01-02""#, "start_time"),
            (r#","error":"x","repetition":-1"#, "repetition"),
            (r#","error":"x","repetition":10000"#, "repetition"),
            (r#","error":"\ud800""#, "error"),
            (r#","error":"x","start_time":"9999-12-31T23:59:59-05:00""#, "start_time"),
            (r#","error":"x","end_time":"0000-01-01T00:00:00Z""#, "end_time"),
            (r#","error":"x","end_time":"0001-01-01T00:00:00+01:00""#, "end_time"),
        ] {
            assert!(read(rest).unwrap_err().message.contains(name), "{rest}");
        }
        assert!(read(&format!(r#","error":"{}""#, "x".repeat(MAX_ERROR))).unwrap().run.is_some());
        let long = format!(r#","error":"{}""#, "x".repeat(MAX_ERROR + 1));
        assert!(read(&long).unwrap_err().message.starts_with("error must be at most 100000 bytes"));
        let far = format!(r#","error":"x","end_time":"2026-01-01T00:00:00.{}Z""#, "0".repeat(100));
        assert!(read(&far).unwrap_err().message.contains("end_time"));
    }
}
