//! U+0000, forbidden in every argument: LangSmith's database cannot store the character, and LangSmith would refuse it
//! only in the middle of a write, or drop it.

use memchr::memchr;
use serde_json::value::RawValue;

use super::errors::wrong_value;
use crate::toolset::ToolError;

/// The requirement for a text, as errors word it.
pub(crate) const NO_NUL: &str = "text without the character U+0000";

/// Refuses JSON that holds the character in any text or name, however deep.
pub(crate) fn without_nul(name: &str, json: &RawValue) -> Result<(), ToolError> {
    if has_nul(json.get()) { Err(wrong_value(name, "JSON without the character U+0000")) } else { Ok(()) }
}

/// JSON can hold the character only as an escape.
fn has_nul(json: &str) -> bool {
    let mut rest = json.as_bytes();
    while let Some(at) = memchr(b'\\', rest) {
        let escape = rest.get(at + 1..).unwrap_or_default();
        if escape.starts_with(b"u0000") {
            return true;
        }
        rest = escape.get(1..).unwrap_or_default();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_character_is_found_wherever_it_stands() {
        for json in [r#""\u0000""#, r#"{"a":[{"b\u0000":1}]}"#, r#"["\\\u0000"]"#, r#"["\n","\u0000"]"#] {
            assert!(has_nul(json), "{json}");
        }
        for json in [r#""\\u0000""#, r#"{"a":"u0000 \u0001"}"#, "0", r#""\\""#] {
            assert!(!has_nul(json), "{json}");
        }
    }
}
