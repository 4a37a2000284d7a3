//! A canonical form, the same for all texts that mean the same JSON: members sorted by name, strings decoded, numbers
//! by value. What cannot be decoded, such as half a surrogate pair, stays as written.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use serde_json::value::RawValue;

use crate::json::depth::{after_string, is_deep};

/// The maximum number of decimal digits in any program's text of a double. LangSmith reads a fraction with more of them
/// as the nearest double.
const DIGITS: usize = 17;

/// The canonical form of `json`. JSON that nests too deeply for its readers is compared as text.
pub(crate) fn canonical(json: &RawValue) -> String {
    if is_deep(json.get()) {
        return minified(json);
    }
    let mut writer = Writer { rest: json.get(), out: String::with_capacity(json.get().len()) };
    writer.value();
    writer.out
}

/// The same JSON without white space between its tokens.
fn minified(json: &RawValue) -> String {
    let mut out = String::with_capacity(json.get().len());
    let (mut quoted, mut escaped) = (false, false);
    for c in json.get().chars() {
        if quoted || !matches!(c, ' ' | '\t' | '\n' | '\r') {
            out.push(c);
        }
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => quoted = !quoted,
            _ => {}
        }
    }
    out
}

/// The members of an object, each in canonical form.
pub(crate) fn members(json: &RawValue) -> Option<BTreeMap<String, String>> {
    let members: BTreeMap<String, &RawValue> = serde_json::from_str(json.get()).ok()?;
    Some(members.into_iter().map(|(name, value)| (name, canonical(value))).collect())
}

/// Writes the canonical form of checked JSON in a single pass over the text: deep nesting costs nothing extra.
struct Writer<'j> {
    rest: &'j str,
    out: String,
}

/// The name of a member, and where in the object it is written. A name that cannot be decoded is known by its source.
struct Member<'j> {
    name: Result<Cow<'j, str>, &'j str>,
    written: Range<usize>,
}

impl<'j> Writer<'j> {
    /// The first byte that is not white space.
    fn peek(&mut self) -> Option<u8> {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\n', '\r']);
        self.rest.bytes().next()
    }

    /// Consumes the next `length` bytes.
    fn consume(&mut self, length: usize) -> &'j str {
        let (taken, rest) = self.rest.split_at_checked(length).unwrap_or((self.rest, ""));
        self.rest = rest;
        taken
    }

    fn value(&mut self) {
        match self.peek() {
            Some(b'{') => self.object(),
            Some(b'[') => self.array(),
            Some(b'"') => {
                let token = self.string();
                self.write_string(token, decoded(token).as_deref().ok());
            }
            _ => {
                let ends = self.rest.find([',', ']', '}', ' ', '\t', '\n', '\r']);
                let token = self.consume(ends.unwrap_or(self.rest.len()));
                let number =
                    token.starts_with(|c: char| c == '-' || c.is_ascii_digit()).then(|| number(token));
                self.out.push_str(number.flatten().as_deref().unwrap_or(token));
            }
        }
    }

    fn array(&mut self) {
        self.consume(1);
        self.out.push('[');
        loop {
            match self.peek() {
                None | Some(b']' | b'}') => break,
                Some(b',') => {
                    self.consume(1);
                    self.out.push(',');
                }
                Some(_) => self.value(),
            }
        }
        self.consume(1);
        self.out.push(']');
    }

    fn object(&mut self) {
        self.consume(1);
        let start = self.out.len();
        let mut members = Vec::new();
        self.out.push('{');
        loop {
            match self.peek() {
                None | Some(b']' | b'}') => break,
                Some(b',') => {
                    self.consume(1);
                    self.out.push(',');
                }
                Some(_) => {
                    let (name, written) = self.member();
                    members.push(Member { name, written: written.start - start..written.end - start });
                }
            }
        }
        self.consume(1);
        if !members.is_sorted_by(|one, next| one.name < next.name) {
            let written = self.out.split_off(start);
            self.out.push('{');
            self.sorted(members, &written);
        }
        self.out.push('}');
    }

    fn member(&mut self) -> (Result<Cow<'j, str>, &'j str>, Range<usize>) {
        let start = self.out.len();
        let token = self.string();
        let name = decoded(token);
        self.write_string(token, name.as_deref().ok());
        if self.peek() == Some(b':') {
            self.consume(1);
        }
        self.out.push(':');
        self.value();
        (name, start..self.out.len())
    }

    /// Of members with the same name the last one counts, as it does for every reader at LangSmith.
    fn sorted(&mut self, mut members: Vec<Member<'j>>, written: &str) {
        members.sort_by(|one, other| one.name.cmp(&other.name));
        let mut members = members.into_iter().peekable();
        while let Some(member) = members.next() {
            if members.peek().is_some_and(|next| next.name == member.name) {
                continue;
            }
            self.out.push_str(written.get(member.written).unwrap_or_default());
            if members.peek().is_some() {
                self.out.push(',');
            }
        }
    }

    /// Consumes the token of the next string.
    fn string(&mut self) -> &'j str {
        let after = after_string(self.rest.as_bytes().get(1..).unwrap_or_default());
        self.consume(self.rest.len() - after.len())
    }

    /// Writes the string of this `token`; `meaning` is the decoded string, if there is one.
    fn write_string(&mut self, token: &str, meaning: Option<&str>) {
        match meaning.filter(|_| token.contains('\\')) {
            Some(meaning) => self.out.push_str(&serde_json::to_string(meaning).unwrap_or_default()),
            None => self.out.push_str(token),
        }
    }
}

/// The decoded string, or else its token.
fn decoded(token: &str) -> Result<Cow<'_, str>, &str> {
    let plain = token.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    match plain.filter(|text| !text.contains('\\')) {
        Some(plain) => Ok(Cow::Borrowed(plain)),
        None => serde_json::from_str(token).map(Cow::Owned).map_err(|_| token),
    }
}

/// The significant digits and the power of ten. `None` for an exponent beyond the integers.
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
    fn white_space_between_tokens_does_not_count() {
        let minified = |json: &str| minified(serde_json::from_str(json).unwrap());
        assert_eq!(minified("{ \"a b\" :\n[1,\t\"c\\\" d\\\\\" ] }"), r#"{"a b":[1,"c\" d\\"]}"#);
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
            &[
                r#"{"\ud800":{"b":0,"a":[],"b":1},"a":1,"\ud801":2}"#,
                r#"{ "\u0061": 1.0, "\ud801":2 ,"\ud800" :{"a":[ ],"b":1}}"#,
            ],
            &["[ true , null,{ } , [ ],\"a\\u005c\" ]", "[true,null,{},[],\"a\\\\\"]"],
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
