//! Headers that arrive more than once. A proxy sends its own `MCP-Protocol-Version` beside the client's, and the Fetch
//! API joins two spellings of one name into `2025-11-25, 2025-11-25` (<https://github.com/lowdefy/lowdefy/pull/2345>,
//! Claude Code 2.1). Lines that agree count as one value.
//!
//! Not for credentials: two `Authorization` lines are refused even when they are equal, as by the authorizer in front
//! of us.

use http::HeaderValue;

/// The lines disagree, or one of them is not text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ambiguous;

/// The common value of the lines of one header. They form one list (RFC 9110 section 5.3), whose empty elements do not
/// count (section 5.6.1), so that an empty header is an absent one.
pub fn agreed<'h>(lines: impl IntoIterator<Item = &'h HeaderValue>) -> Result<Option<&'h str>, Ambiguous> {
    let mut said = None;
    for line in lines {
        let text = line.to_str().map_err(|_| Ambiguous)?;
        for element in text.split(',').map(str::trim).filter(|element| !element.is_empty()) {
            if *said.get_or_insert(element) != element {
                return Err(Ambiguous);
            }
        }
    }
    Ok(said)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(lines: &[&'static str]) -> Result<Option<String>, Ambiguous> {
        let lines: Vec<_> = lines.iter().copied().map(HeaderValue::from_static).collect();
        agreed(&lines).map(|said| said.map(str::to_owned))
    }

    #[test]
    fn what_is_repeated_is_said_once() {
        for lines in [&["a b"][..], &["a b", "a b"], &[" a b ,a b,"], &["", "a b"]] {
            assert_eq!(of(lines), Ok(Some("a b".to_owned())), "{lines:?}");
        }
    }

    #[test]
    fn an_empty_header_is_an_absent_one() {
        for lines in [&[""][..], &[" \t"], &["", " , "], &[]] {
            assert_eq!(of(lines), Ok(None), "{lines:?}");
        }
    }

    #[test]
    fn different_values_and_bytes_that_are_no_text_say_nothing() {
        for lines in [&["a", "b"][..], &["a, b"], &["a", "A"]] {
            assert_eq!(of(lines), Err(Ambiguous), "{lines:?}");
        }
        let lines = [HeaderValue::from_static("a"), HeaderValue::from_bytes(b"\xff").unwrap()];
        assert_eq!(agreed(&lines), Err(Ambiguous));
    }
}
