//! Placeholder values. Some clients mark every argument as required, as strict function calling demands, and models
//! then fill in unwanted ones with empty text, an empty list or object, or a word for nothing. OpenAI's Responses API
//! does so by itself (<https://developers.openai.com/api/docs/guides/function-calling>, strict mode), its Agents SDK on
//! demand (`src/agents/strict_schema.py` in openai/openai-agents-python).

pub(crate) mod defaults;
pub(crate) mod encoded;
pub(crate) mod ignored;
pub(crate) mod signs;

use serde_json::Value;
use serde_json::value::RawValue;

use self::encoded::encoded;

/// The words for nothing, in any case.
const WORDS: [&str; 3] = ["null", "none", "undefined"];

/// Arguments or members with a meaningful empty form, such as `[]` that clears tags, and that form.
pub(crate) type MayBeEmpty = &'static [(&'static str, EmptyForm)];

/// Free texts, besides all arguments with names that end in `name`. JSON in them is a part of the text.
const TEXTS: [&str; 5] = ["comment", "description", "error", "template", "value"];

/// Labels: a word for nothing may be meant, unless the client fills in arguments.
const LABELS: [&str; 5] = ["commit_tags", "description", "split", "splits", "tags"];

/// The JSON type of an empty value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EmptyForm {
    Text,
    List,
    Object,
}

impl EmptyForm {
    /// The form of an empty value other than null; `None` for any other value.
    fn of_empty(json: &RawValue) -> Option<Self> {
        if is_blank(json) {
            Some(Self::Text)
        } else if is_empty_list(json) {
            Some(Self::List)
        } else {
            is_empty_object(json).then_some(Self::Object)
        }
    }
}

/// Whether a value is null, blank text, or an empty list or object.
pub(crate) fn is_empty(json: &RawValue) -> bool {
    json.get() == "null" || EmptyForm::of_empty(json).is_some()
}

/// Like [`is_empty`], for a parsed value.
pub(crate) fn is_empty_value(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(values) => values.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Whether a value is a text of white space only.
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

/// Whether a value is a word for nothing. In a name or free text, the word would be meant.
pub(crate) fn is_nothing(json: &RawValue) -> bool {
    inside(json, '"', '"').is_some_and(names_nothing)
}

/// Whether a text is a word for nothing.
pub(crate) fn names_nothing(text: &str) -> bool {
    WORDS.iter().any(|word| text.trim().eq_ignore_ascii_case(word))
}

/// Whether a value is the meaningful empty form of this argument, bare or as text.
pub(crate) fn is_meant_empty(meant: MayBeEmpty, name: &str, json: &RawValue) -> bool {
    let form = EmptyForm::of_empty(json).or_else(|| EmptyForm::of_empty(&encoded_in(name, json)?));
    form.is_some_and(|form| meant.contains(&(name, form)))
}

/// Whether the value of this argument says nothing, whatever empty forms have a meaning here.
pub(crate) fn says_nothing(name: &str, json: &RawValue) -> bool {
    let is_word = |json: &RawValue| !is_text(name) && !is_label(name) && is_nothing(json);
    let is_silent =
        |json: &RawValue| is_empty(json) || is_list_of(json, |entry| is_empty_entry(entry) || is_word(entry));
    is_word(json) || is_silent(json) || encoded_in(name, json).is_some_and(|json| is_silent(&json))
}

/// Whether labels are only words for nothing.
fn is_label_of_words(name: &str, json: &RawValue) -> bool {
    let is_of_words = |json: &RawValue| is_list_of(json, |entry| is_empty_entry(entry) || is_nothing(entry));
    is_label(name)
        && (is_nothing(json)
            || is_of_words(json)
            || encoded_in(name, json).is_some_and(|json| is_of_words(&json)))
}

/// The list or object in the text of an argument other than a free text. A list of objects is not decoded: it may be
/// large, and is no placeholder.
fn encoded_in(name: &str, json: &RawValue) -> Option<Box<RawValue>> {
    let text = inside(json, '"', '"').filter(|_| !is_text(name))?.trim_start();
    let is_list_of_objects = text.strip_prefix('[').is_some_and(|rest| rest.trim_start().starts_with('{'));
    if is_list_of_objects { None } else { encoded(json) }
}

/// Whether a value is a non-empty list whose entries all satisfy `is_such`. A list of objects does not: it may be
/// large, and is not read.
fn is_list_of(json: &RawValue, is_such: impl Fn(&RawValue) -> bool) -> bool {
    inside(json, '[', ']').is_some_and(|inside| !inside.trim_start().starts_with('{'))
        && serde_json::from_str::<Vec<&RawValue>>(json.get())
            .is_ok_and(|entries| !entries.is_empty() && entries.into_iter().all(is_such))
}

/// Whether the entry of a list says nothing. An empty object is an entry with missing members.
pub(crate) fn is_empty_entry(json: &RawValue) -> bool {
    is_empty(json) && !is_empty_object(json)
}

fn is_text(name: &str) -> bool {
    name.ends_with("name") || TEXTS.contains(&name)
}

/// Whether an argument has labels.
pub(crate) fn is_label(name: &str) -> bool {
    LABELS.contains(&name)
}

/// The content between the delimiters of a value.
fn inside(json: &RawValue, opening: char, closing: char) -> Option<&str> {
    json.get().strip_prefix(opening)?.strip_suffix(closing)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn raw(json: &str) -> Box<RawValue> {
        RawValue::from_string(json.to_owned()).unwrap()
    }

    #[test]
    fn what_is_empty_says_nothing() {
        for json in ["null", r#""""#, r#""  ""#, r#""\n\t ""#, r#"" \u00a0""#, "[]", "[ ]", "{}", "{\n}"] {
            assert!(is_empty(&raw(json)), "{json}");
            assert!(is_empty_value(&serde_json::from_str(json).unwrap()), "{json}");
        }
        for json in
            ["0", "false", r#""a""#, r#""\\n""#, r#""[]""#, r#""null""#, "[[]]", "[\"\"]", r#"{"":{}}"#]
        {
            assert!(!is_empty(&raw(json)), "{json}");
            assert!(!is_empty_value(&serde_json::from_str(json).unwrap()), "{json}");
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
