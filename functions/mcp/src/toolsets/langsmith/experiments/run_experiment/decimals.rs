//! Scores with LangSmith's precision: four decimals, "the most the API stores", according to LangChain's SDK, which
//! warns that more precise ones may be refused.

use std::borrow::Cow;

use serde_json::value::RawValue;

/// Above this, a number has no four decimals that could matter.
const LARGE: f64 = 1e10;

/// A score rounded to four decimals. One without more stays as it was written.
pub(super) fn rounded(score: &RawValue) -> Cow<'_, RawValue> {
    let Some(number) = small(score) else { return Cow::Borrowed(score) };
    let rounded = (number * 1e4).round() / 1e4;
    if (rounded - number).abs() < f64::EPSILON {
        return Cow::Borrowed(score);
    }
    let text = serde_json::Number::from_f64(rounded).map(|number| number.to_string());
    let rounded = text.and_then(|text| RawValue::from_string(text).ok());
    rounded.map_or(Cow::Borrowed(score), Cow::Owned)
}

/// Whether two numbers are the same to four decimals.
pub(super) fn are_close(one: &RawValue, other: &RawValue) -> bool {
    small(one).zip(small(other)).is_some_and(|(one, other)| (one - other).abs() < 0.5e-4)
}

fn small(score: &RawValue) -> Option<f64> {
    score.get().parse::<f64>().ok().filter(|number| number.abs() < LARGE)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(json: &str) -> Box<RawValue> {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn only_what_has_more_than_four_decimals_is_written_anew() {
        for (score, expected) in [
            ("0.123456", "0.1235"),
            ("-0.99999", "-1.0"),
            ("1e-9", "0.0"),
            ("0.50", "0.50"),
            ("1", "1"),
            ("0.1235", "0.1235"),
            ("1.25e-2", "1.25e-2"),
            ("true", "true"),
            ("123456789012345678901.123456", "123456789012345678901.123456"),
        ] {
            assert_eq!(rounded(&raw(score)).get(), expected, "{score}");
        }
    }

    #[test]
    fn scores_are_close_to_four_decimals() {
        assert!(are_close(&raw("0.1235"), &raw("0.12350")) && are_close(&raw("1"), &raw("1.0")));
        assert!(!are_close(&raw("0.1235"), &raw("0.1236")) && !are_close(&raw("1"), &raw("true")));
        assert!(!are_close(&raw("12345678901234"), &raw("12345678901234.5")));
    }
}
