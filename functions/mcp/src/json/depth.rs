//! The nesting depth of JSON. Many readers give up at 128 or 200 levels, and with them the whole answer would be lost.

use memchr::memchr2;

/// The deepest nesting of a free-form value that is passed on.
pub(crate) const MAX_DEPTH: usize = 100;

/// Whether checked JSON nests deeper than [`MAX_DEPTH`].
pub(crate) fn is_deep(json: &str) -> bool {
    // Every level has an opening and a closing bracket. Counting all brackets, even those in strings, takes less time
    // than telling strings apart.
    let opens = |json: &str| json.bytes().filter(|byte| matches!(byte, b'{' | b'[')).count();
    if json.len() <= 2 * MAX_DEPTH || opens(json) <= MAX_DEPTH {
        return false;
    }
    let mut depth = 0_usize;
    let mut rest = json.as_bytes();
    while let Some((byte, tail)) = rest.split_first() {
        rest = match byte {
            b'"' => after_string(tail),
            b'{' | b'[' => {
                depth += 1;
                tail
            }
            b'}' | b']' => {
                depth = depth.saturating_sub(1);
                tail
            }
            _ => tail,
        };
        if depth > MAX_DEPTH {
            return true;
        }
    }
    false
}

/// The rest behind the string whose content `rest` starts with.
pub(crate) fn after_string(mut rest: &[u8]) -> &[u8] {
    while let Some(at) = memchr2(b'"', b'\\', rest) {
        match rest.get(at) {
            Some(b'"') => return rest.get(at + 1..).unwrap_or_default(),
            _ => rest = rest.get(at + 2..).unwrap_or_default(),
        }
    }
    &[]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nested(levels: usize, inner: &str) -> String {
        format!("{}{inner}{}", "[".repeat(levels), "]".repeat(levels))
    }

    #[test]
    fn levels_are_counted() {
        assert!(!is_deep(&nested(MAX_DEPTH, "\"some text that is long enough\"")));
        assert!(is_deep(&nested(MAX_DEPTH + 1, "")));
        let objects = format!("{}1{}", "{\"a\":".repeat(MAX_DEPTH + 1), "}".repeat(MAX_DEPTH + 1));
        assert!(is_deep(&objects));
        assert!(!is_deep(&format!("[{}[]]", "[],".repeat(500))));
    }

    #[test]
    fn brackets_in_texts_do_not_count() {
        let text = serde_json::Value::from("[\"\\".repeat(500)).to_string();
        assert!(!is_deep(&text));
        assert!(!is_deep(&format!("[{text}]")));
        assert!(is_deep(&format!("[{text},{}]", nested(MAX_DEPTH, ""))));
    }
}
