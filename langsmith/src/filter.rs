//! Pieces of filter expressions (FQL).

/// `text` as a string literal. FQL uses JSON strings, so nothing in the text can end the literal or change the
/// expression around it.
pub fn literal(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Whether `text` can be a single expression, so that it cannot change the expression that it is inserted into. Its
/// content is LangSmith's to judge.
pub fn is_one_expression(text: &str) -> bool {
    let (mut depth, mut quote, mut escaped) = (0_usize, None, false);
    for c in text.chars() {
        match (quote, c) {
            (Some(_), _) if escaped => escaped = false,
            (Some(_), '\\') => escaped = true,
            (Some(open), _) if c == open => quote = None,
            (None, '"' | '\'') => quote = Some(c),
            (None, '(' | '[') => depth += 1,
            (None, ')' | ']') => match depth.checked_sub(1) {
                Some(outer) => depth = outer,
                None => return false,
            },
            (None, ',') if depth == 0 => return false,
            _ => {}
        }
    }
    depth == 0 && quote.is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_expression_is_told_from_several() {
        for text in [
            "eq(a, 1)",
            " and(eq(run_type, \"llm\"), in(x, [\"a\", \"b\"])) ",
            r#"eq(name, "), (\", \\")"#,
            r#"has(metadata, '{"a": "x), y"}')"#,
            r#"eq(name, "it's")"#,
            "a",
            "",
        ] {
            assert!(is_one_expression(text), "{text}");
        }
        for text in [
            "eq(a, 1), eq(b, 2)",
            "eq(a, 1)), not(eq(b, 2)",
            ")(",
            "and(eq(a, 1)",
            "eq(a, \"x)",
            r#"eq(a, "\"), eq(b, 1)"#,
            ",",
        ] {
            assert!(!is_one_expression(text), "{text}");
        }
    }

    #[test]
    fn no_text_ends_its_literal() {
        for text in ["", "plain", "a\"b", "\\", "\\\"", "\"), eq(name, \"x", "\n\u{0}", "言語 😀"] {
            let literal = literal(text);
            assert_eq!(serde_json::from_str::<String>(&literal).unwrap(), text);
            assert!(literal.bytes().all(|byte| byte >= 0x20), "{literal}");
        }
    }
}
