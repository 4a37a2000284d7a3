//! Pieces of filter expressions (FQL).

/// `text` as a string literal. The language takes JSON's strings, so nothing in the text can end it or change the
/// expression around it.
pub fn literal(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_ends_its_literal() {
        for text in ["", "plain", "a\"b", "\\", "\\\"", "\"), eq(name, \"x", "\n\u{0}", "言語 😀"] {
            let literal = literal(text);
            assert_eq!(serde_json::from_str::<String>(&literal).unwrap(), text);
            assert!(literal.bytes().all(|byte| byte >= 0x20), "{literal}");
        }
    }
}
