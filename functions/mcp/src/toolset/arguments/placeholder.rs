//! Placeholder values. Some clients mark every argument as required, as strict function calling demands, and models
//! then fill in those that they do not mean: with empty text, an empty list or object, or a word for nothing. OpenAI's
//! Responses API does so by itself (<https://developers.openai.com/api/docs/guides/function-calling>, strict mode), its
//! Agents SDK on demand (`src/agents/strict_schema.py` in openai/openai-agents-python).

use serde_json::value::RawValue;

/// The words that stand for nothing, in any case.
const WORDS: [&str; 3] = ["null", "none", "undefined"];

/// Arguments whose empty value has a meaning of its own: it clears something, or is itself the value, or says that a
/// program had no error.
const MAY_BE_EMPTY: [&str; 6] = ["description", "error", "inputs", "metadata", "outputs", "tags"];

/// Whether a value is null, blank text, or an empty list or object.
pub(crate) fn is_empty(json: &RawValue) -> bool {
    json.get() == "null" || is_blank(json) || is_empty_list(json) || is_empty_object(json)
}

/// Whether a value is text of nothing but white space.
pub(crate) fn is_blank(json: &RawValue) -> bool {
    let Some(inside) = inside(json, '"', '"') else { return false };
    match inside.trim_start().chars().next() {
        None => true,
        // White space may be escaped.
        Some('\\') => serde_json::from_str(json.get()).is_ok_and(|text: String| text.trim().is_empty()),
        Some(_) => false,
    }
}

pub(crate) fn is_empty_list(json: &RawValue) -> bool {
    inside(json, '[', ']').is_some_and(|inside| inside.trim().is_empty())
}

pub(crate) fn is_empty_object(json: &RawValue) -> bool {
    inside(json, '{', '}').is_some_and(|inside| inside.trim().is_empty())
}

/// Whether a value is text that holds a word for nothing. In a name or free text, that word would be meant.
pub(crate) fn is_nothing(json: &RawValue) -> bool {
    inside(json, '"', '"').is_some_and(names_nothing)
}

/// Whether a text is a word for nothing.
pub(crate) fn names_nothing(text: &str) -> bool {
    WORDS.iter().any(|word| text.trim().eq_ignore_ascii_case(word))
}

/// Whether the value of this argument shows that its client fills in what it does not mean: it is empty, though not
/// null, and empty has no meaning here.
pub(crate) fn is_filler(name: &str, json: &RawValue) -> bool {
    json.get() != "null" && !MAY_BE_EMPTY.contains(&name) && is_empty(json)
}

/// The content between the delimiters of a value.
fn inside(json: &RawValue, opening: char, closing: char) -> Option<&str> {
    json.get().strip_prefix(opening)?.strip_suffix(closing)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn raw(json: &str) -> Box<RawValue> {
        RawValue::from_string(json.to_owned()).unwrap()
    }

    #[test]
    fn what_is_empty_says_nothing() {
        for json in ["null", r#""""#, r#""  ""#, r#""\n\t ""#, r#"" \u00a0""#, "[]", "[ ]", "{}", "{\n}"] {
            assert!(is_empty(&raw(json)), "{json}");
        }
        for json in
            ["0", "false", r#""a""#, r#""\\n""#, r#""[]""#, r#""null""#, "[[]]", "[\"\"]", r#"{"":{}}"#]
        {
            assert!(!is_empty(&raw(json)), "{json}");
        }
    }

    #[test]
    fn three_words_stand_for_nothing() {
        for json in [r#""null""#, r#""None""#, r#""NONE""#, r#"" undefined ""#, r#""Undefined""#] {
            assert!(is_nothing(&raw(json)), "{json}");
        }
        for json in ["null", r#""nil""#, r#""none of these""#, r#""n/a""#, r#"["null"]"#, r#""""#] {
            assert!(!is_nothing(&raw(json)), "{json}");
        }
    }

    #[test]
    fn an_empty_value_that_may_mean_something_betrays_nothing() {
        for (name, json, expected) in [
            ("limit", r#""""#, true),
            ("split", "[]", true),
            ("split", "null", false),
            ("split", r#"["a"]"#, false),
            ("tags", "[]", false),
            ("metadata", "{}", false),
            ("description", r#""""#, false),
        ] {
            assert_eq!(is_filler(name, &raw(json)), expected, "{name} {json}");
        }
    }

    proptest! {
        #[test]
        fn text_is_empty_if_it_is_blank(text in "[ \\t\\n\u{a0}\u{2003}a\"\\\\]{0,6}") {
            let json = raw(&Value::from(text.as_str()).to_string());
            prop_assert_eq!(is_empty(&json), text.trim().is_empty());
        }

        #[test]
        fn only_what_has_no_members_is_an_empty_list(count in 0_usize..3) {
            prop_assert_eq!(is_empty(&raw(&json!(vec![""; count]).to_string())), count == 0);
        }
    }
}
