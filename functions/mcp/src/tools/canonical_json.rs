//! One form for all texts that mean the same JSON: members by name, strings decoded, numbers by value. What has no
//! meaning that can be held, such as half a surrogate pair, stays as it is written.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::value::RawValue;

use super::free_form::minified;
use super::pagination::is_deep;

/// As many decimal digits as any program writes of a double. LangSmith reads a fraction with more of them as the nearest
/// double.
const DIGITS: usize = 17;

/// The form of `json`. What nests deeper than anybody reads is compared as text.
pub(crate) fn canonical(json: &RawValue) -> String {
    if is_deep(json.get()) {
        return minified(json);
    }
    let mut out = String::with_capacity(json.get().len());
    write(json, &mut out);
    out
}

/// The members of an object, each in its form.
pub(crate) fn members(json: &RawValue) -> Option<BTreeMap<String, String>> {
    let members = object(json)?;
    Some(members.into_iter().map(|(name, value)| (name, canonical(value))).collect())
}

/// Of a name that is there twice, the last value counts, as it does for every reader of LangSmith's.
fn object(json: &RawValue) -> Option<BTreeMap<String, &RawValue>> {
    serde_json::from_str(json.get()).ok()
}

fn write(json: &RawValue, out: &mut String) {
    let text = json.get();
    match text.bytes().next() {
        Some(b'{') => match object(json) {
            Some(members) => write_all(members, ('{', '}'), out, |(name, value), out| {
                out.push_str(&encoded(&name));
                out.push(':');
                write(value, out);
            }),
            None => out.push_str(&minified(json)),
        },
        Some(b'[') => match serde_json::from_str::<Vec<&RawValue>>(text) {
            Ok(entries) => write_all(entries, ('[', ']'), out, write),
            Err(_) => out.push_str(text),
        },
        Some(b'"') => match serde_json::from_str::<Cow<'_, str>>(text) {
            Ok(decoded) => out.push_str(&encoded(&decoded)),
            Err(_) => out.push_str(text),
        },
        Some(b'-' | b'0'..=b'9') => {
            out.push_str(&number(text).unwrap_or_else(|| text.to_owned()));
        }
        _ => out.push_str(text),
    }
}

fn write_all<T>(
    items: impl IntoIterator<Item = T>,
    (open, close): (char, char),
    out: &mut String,
    write: impl Fn(T, &mut String),
) {
    out.push(open);
    for (at, item) in items.into_iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        write(item, out);
    }
    out.push(close);
}

fn encoded(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
}

/// The significant digits and the power of ten. `None` for a power that is no number.
fn number(text: &str) -> Option<String> {
    let (sign, unsigned) = text.strip_prefix('-').map_or(("", text), |unsigned| ("-", unsigned));
    let (mantissa, power) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    let significant = digits.trim_end_matches('0');
    let power = power
        .parse::<i64>()
        .ok()?
        .checked_sub(i64::try_from(fraction.len()).ok()?)?
        .checked_add(i64::try_from(digits.len() - significant.len()).ok()?)?;
    let significant = significant.trim_start_matches('0');
    if significant.is_empty() {
        return Some("0".to_owned());
    }
    let is_integer = unsigned.len() == whole.len();
    if significant.len() > DIGITS && !is_integer {
        // Rust writes a double with at most seventeen digits.
        let nearest: f64 = text.parse().ok()?;
        if nearest.is_finite() {
            return number(&format!("{nearest:e}"));
        }
    }
    Some(format!("{sign}{significant}e{power}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(json: &str) -> String {
        canonical(serde_json::from_str(json).unwrap())
    }

    #[test]
    fn texts_that_mean_the_same_have_one_form() {
        for same in [
            &[
                "{\"a\":1,\"b\":\"é\"}",
                "{ \"b\" : \"\\u00e9\", \"a\" : 1.0 }",
                "{\"a\":0,\"b\":\"é\",\"\\u0061\":1}",
            ][..],
            &["1", "1.0", "1e0", "10E-1", "0.1e+1"],
            &["0", "-0", "0.0", "0e99999"],
            &["1500", "1.5e3", "15e2"],
            &["-0.1", "-1e-1", "-0.1000000000000000055511151231257827"],
            &["1e400", "10e399"],
            &["100000000000000000000000", "1e23"],
            &["\"/\"", "\"\\/\""],
            &["[\"\\ud800\",1]", "[ \"\\ud800\", 1.0 ]"],
        ] {
            for json in same {
                assert_eq!(form(json), form(same[0]), "{json}");
            }
        }
    }

    #[test]
    fn what_differs_has_another_form() {
        let different = [
            "9007199254740993",
            "9007199254740992.0",
            "1e400",
            "2e400",
            "-1e400",
            "\"\\ud800\"",
            "\"\\ud801\"",
            "\"\\\\ud800\"",
            "\"?\"",
            "\"\u{fffd}\"",
            "null",
            "true",
            "1",
            "\"1\"",
            "[]",
            "{}",
            "[[]]",
            "[1,2]",
            "[2,1]",
            "{\"a\":1}",
            "{\"a\":[1]}",
            "{\"\\ud800\":1}",
            "{\"\\ud800\":2}",
            "1e99999999999999999999",
            "18446744073709551616",
            "18446744073709551617",
            "0.1",
            "0.2",
        ];
        let forms: std::collections::BTreeSet<String> = different.iter().map(|json| form(json)).collect();
        assert_eq!(forms.len(), different.len(), "{forms:?}");
    }

    #[test]
    fn deep_nesting_is_a_text() {
        let deep = |space: &str| format!("{}{space}1.0{}", "[".repeat(5000), "]".repeat(5000));
        assert_eq!(form(&deep(" ")), deep(""));
    }
}
