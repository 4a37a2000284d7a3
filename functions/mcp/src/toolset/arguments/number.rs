//! Arguments that are whole numbers, and their bounds.

use std::borrow::Cow;
use std::num::IntErrorKind;

use serde_json::value::RawValue;

use super::errors::{missing, wrong_value};
use super::reader::Arguments;
use crate::toolset::ToolError;
use crate::toolset::paging::PageRequest;

/// The maximum number of items in an answer of LangSmith.
const MAX_LIMIT: i64 = 100;

impl Arguments<'_> {
    /// A whole number, as JSON or as text.
    pub(crate) fn integer(&mut self, name: &'static str) -> Result<Option<i64>, ToolError> {
        let Some(raw) = self.take_value(name) else { return Ok(None) };
        whole(raw).map(Some).map_err(|flaw| match flaw {
            IntErrorKind::PosOverflow | IntErrorKind::NegOverflow => wrong_value(name, "a 64-bit integer"),
            _ => wrong_value(name, "an integer"),
        })
    }

    /// A whole number of at least `least`.
    pub(crate) fn at_least(&mut self, least: i64, name: &'static str) -> Result<Option<i64>, ToolError> {
        match self.integer(name)? {
            Some(number) if number < least => Err(wrong_value(name, &format!("at least {least}"))),
            number => Ok(number),
        }
    }

    /// The number of items to return: at least 1; more than 100 counts as 100, and 0 as absent.
    pub(crate) fn limit(&mut self) -> Result<Option<u32>, ToolError> {
        match self.nearest("limit")? {
            None | Some(0) => Ok(None),
            Some(limit) => at_most(limit).map(Some),
        }
    }

    /// Like [`limit`](Self::limit), but required.
    pub(crate) fn required_limit(&mut self) -> Result<u32, ToolError> {
        self.nearest("limit")?.ok_or_else(|| missing("limit")).and_then(at_most)
    }

    /// The number of a page, from 1. 0 counts as absent.
    pub(crate) fn page_number(&mut self) -> Result<Option<i64>, ToolError> {
        self.counted("page_number")
    }

    /// The number of items to skip; none when absent.
    pub(crate) fn offset(&mut self) -> Result<u32, ToolError> {
        match self.nearest("offset")?.unwrap_or(0) {
            ..0 => Err(wrong_value("offset", "at least 0")),
            offset => {
                u32::try_from(offset).map_err(|_| wrong_value("offset", &format!("at most {}", u32::MAX)))
            }
        }
    }

    /// The page to return and its size; `number` is its `page_number`.
    pub(crate) fn page(&mut self, number: i64, preview: i64) -> Result<PageRequest, ToolError> {
        let max_chars = self.counted("max_chars_per_page")?.unwrap_or(25_000);
        Ok(PageRequest { number, max_chars, preview })
    }

    /// A whole number from 1. 0 counts as absent.
    fn counted(&mut self, name: &'static str) -> Result<Option<i64>, ToolError> {
        match self.integer(name)? {
            Some(0) => Ok(None),
            Some(..0) => Err(wrong_value(name, "at least 1")),
            number => Ok(number),
        }
    }

    /// A whole number, clamped to the type.
    fn nearest(&mut self, name: &'static str) -> Result<Option<i64>, ToolError> {
        match self.take_value(name).map(whole) {
            None => Ok(None),
            Some(Ok(number)) => Ok(Some(number)),
            Some(Err(IntErrorKind::PosOverflow)) => Ok(Some(i64::MAX)),
            Some(Err(IntErrorKind::NegOverflow)) => Ok(Some(i64::MIN)),
            Some(Err(_)) => Err(wrong_value(name, "an integer")),
        }
    }
}

/// The number of items to return for a requested `limit`.
fn at_most(limit: i64) -> Result<u32, ToolError> {
    match u32::try_from(limit.min(MAX_LIMIT)) {
        Ok(limit @ 1..) => Ok(limit),
        _ => Err(wrong_value("limit", "at least 1")),
    }
}

/// The value of a literal, if it is a whole number: JSON has a single type of number, and clients also write `10` as
/// `10.00` or `1e1`.
fn whole(raw: &RawValue) -> Result<i64, IntErrorKind> {
    let text = match serde_json::from_str::<Cow<'_, str>>(raw.get()) {
        Ok(text) => text,
        Err(_) => Cow::Borrowed(raw.get()),
    };
    by_value(text.trim())
}

fn by_value(text: &str) -> Result<i64, IntErrorKind> {
    const NONE: IntErrorKind = IntErrorKind::InvalidDigit;
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let (mantissa, exponent) = rest.split_once(['e', 'E']).unwrap_or((rest, "0"));
    let (before, after) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let unsigned = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
    if !is_digits(before) || !is_digits(after) || !is_digits(unsigned) {
        return Err(NONE);
    }
    let after = after.trim_end_matches('0');
    let digits = format!("{before}{after}");
    let digits = digits.trim_start_matches('0');
    if digits.is_empty() {
        return Ok(0);
    }
    let significant = digits.trim_end_matches('0');
    // A shift beyond the length of any text overflows every type, or leaves a fraction.
    let moved = exponent
        .parse::<i32>()
        .map_or(if exponent.starts_with('-') { i64::MIN / 2 } else { i64::MAX / 2 }, i64::from);
    let length = |text: &str| i64::try_from(text.len()).unwrap_or(i64::MAX / 4);
    let zeros = moved - length(after) + length(digits) - length(significant);
    match usize::try_from(zeros) {
        Err(_) => Err(NONE),
        Ok(zeros) => format!("{sign}{significant}{}", "0".repeat(zeros.min(20)))
            .parse()
            .map_err(|error: std::num::ParseIntError| *error.kind()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn with<T>(name: &str, value: &str, take: impl FnOnce(&mut Arguments<'_>) -> T) -> T {
        crate::toolset::arguments::reader::with(format_args!("{{\"{name}\":{value}}}"), take)
    }

    fn limit_of(args: &mut Arguments<'_>) -> Result<Option<u32>, ToolError> {
        args.limit()
    }

    fn required_limit_of(args: &mut Arguments<'_>) -> Result<u32, ToolError> {
        args.required_limit()
    }

    fn offset_of(args: &mut Arguments<'_>) -> Result<u32, ToolError> {
        args.offset()
    }

    fn integer(value: &Value) -> Result<Option<i64>, ToolError> {
        with("x", &value.to_string(), |args| args.integer("x"))
    }

    #[test]
    fn integers_come_as_json_or_text() {
        for (value, expected) in
            [(json!(7), 7), (json!("7"), 7), (json!(" 7 "), 7), (json!(7.0), 7), (json!(-3), -3)]
        {
            assert_eq!(integer(&value), Ok(Some(expected)), "{value}");
        }
        for value in [json!("x"), json!(7.5), json!([7]), json!(true), json!("1e"), json!(1e-300)] {
            assert_eq!(integer(&value), Err(wrong_value("x", "an integer")), "{value}");
        }
        for value in [json!(""), json!("null"), json!("None"), json!([]), json!({}), json!(null)] {
            assert_eq!(integer(&value), Ok(None), "{value}");
        }
        for value in
            ["9".repeat(30), format!("-{}", "9".repeat(30)), "1e300".into(), "-1e999999999999".into()]
        {
            assert_eq!(integer(&json!(value)), Err(wrong_value("x", "a 64-bit integer")), "{value}");
        }
    }

    #[test]
    fn a_whole_number_may_be_written_in_any_way() {
        for (literal, expected) in [
            ("10.00", 10),
            ("1e1", 10),
            ("1.50E+2", 150),
            ("1200e-2", 12),
            ("0.001e3", 1),
            ("-0", 0),
            ("-0.0", 0),
            ("0e999999999999", 0),
            ("0e-5", 0),
            ("-2.0e0", -2),
            ("9223372036854775807.0", i64::MAX),
            ("-922337203685477580.8e1", i64::MIN),
            (r#""+5""#, 5),
            (r#""\u0035""#, 5),
            (r#""1e1""#, 10),
        ] {
            assert_eq!(with("x", literal, |args| args.integer("x")), Ok(Some(expected)), "{literal}");
        }
        for literal in [
            "0.5",
            "15e-1",
            "1e-1",
            "1e-999999999999",
            "10.01",
            r#""1.""#,
            r#"".5""#,
            r#""1e1e1""#,
            r#""--1""#,
        ] {
            let error = wrong_value("x", "an integer");
            assert_eq!(with("x", literal, |args| args.integer("x")), Err(error), "{literal}");
        }
        for literal in ["9223372036854775808", "1e19", "-1e30"] {
            let error = wrong_value("x", "a 64-bit integer");
            assert_eq!(with("x", literal, |args| args.integer("x")), Err(error), "{literal}");
        }
    }

    #[test]
    fn a_lower_end_is_told() {
        for (value, expected) in
            [("0", Ok(Some(0))), ("null", Ok(None)), ("-1", Err(wrong_value("x", "at least 0")))]
        {
            assert_eq!(with("x", value, |args| args.at_least(0, "x")), expected, "{value}");
        }
    }

    #[test]
    fn a_limit_is_clamped_above_and_refused_below() {
        let huge = "9".repeat(30);
        for (value, expected) in [("500", 100), (huge.as_str(), 100), ("1", 1), ("100", 100)] {
            assert_eq!(with("limit", value, limit_of), Ok(Some(expected)), "{value}");
        }
        for value in ["null", "0", "0.0", r#""0""#, r#""""#, r#""undefined""#] {
            assert_eq!(with("limit", value, limit_of), Ok(None), "{value}");
        }
        for value in ["-1", &format!("-{huge}")] {
            assert_eq!(with("limit", value, limit_of), Err(wrong_value("limit", "at least 1")), "{value}");
        }
        assert_eq!(with("limit", "101", required_limit_of), Ok(100));
        for (value, error) in [
            ("0", wrong_value("limit", "at least 1")),
            ("null", missing("limit")),
            (r#""""#, missing("limit")),
        ] {
            assert_eq!(with("limit", value, required_limit_of), Err(error), "{value}");
        }
    }

    #[test]
    fn a_page_is_counted_from_one() {
        for (value, expected) in [
            ("3", Ok(Some(3))),
            ("0", Ok(None)),
            (r#""""#, Ok(None)),
            ("-1", Err(wrong_value("page_number", "at least 1"))),
            ("0.5", Err(wrong_value("page_number", "an integer"))),
        ] {
            let number = |args: &mut Arguments<'_>| args.page_number();
            assert_eq!(with("page_number", value, number), expected, "{value}");
        }
    }

    #[test]
    fn a_page_of_no_size_has_the_usual_one() {
        for (value, expected) in [
            ("700", Ok(700)),
            ("0", Ok(25_000)),
            (r#""0.0""#, Ok(25_000)),
            ("-1", Err(wrong_value("max_chars_per_page", "at least 1"))),
        ] {
            let size = |args: &mut Arguments<'_>| args.page(1, 0).map(|page| page.max_chars);
            assert_eq!(with("max_chars_per_page", value, size), expected, "{value}");
        }
    }

    #[test]
    fn an_offset_has_two_ends() {
        let huge = "9".repeat(30);
        for (value, expected) in [
            ("null", Ok(0)),
            (r#""""#, Ok(0)),
            ("4294967295", Ok(u32::MAX)),
            ("4294967296", Err(wrong_value("offset", "at most 4294967295"))),
            (huge.as_str(), Err(wrong_value("offset", "at most 4294967295"))),
            ("-1", Err(wrong_value("offset", "at least 0"))),
            ("1.5", Err(wrong_value("offset", "an integer"))),
        ] {
            assert_eq!(with("offset", value, offset_of), expected, "{value}");
        }
    }

    proptest! {
        #[test]
        fn every_integer_survives_both_spellings(number: i64) {
            prop_assert_eq!(integer(&json!(number)), Ok(Some(number)));
            prop_assert_eq!(integer(&json!(number.to_string())), Ok(Some(number)));
        }
    }
}
