//! Placeholder values. Some clients mark every argument as required, as strict function calling demands, and models
//! then fill in those that they do not mean: with empty text, an empty list or object, or a word for nothing. OpenAI's
//! Responses API does so by itself (<https://developers.openai.com/api/docs/guides/function-calling>, strict mode), its
//! Agents SDK on demand (`src/agents/strict_schema.py` in openai/openai-agents-python).

pub(crate) mod defaults;
pub(crate) mod encoded;
pub(crate) mod ignored;
pub(crate) mod signs;

use serde_json::value::RawValue;

use self::encoded::encoded;

/// The words that stand for nothing, in any case.
const WORDS: [&str; 3] = ["null", "none", "undefined"];

/// The arguments of a tool, or the members of its list entries, of which one empty form has a meaning of its own, with
/// that form: it clears something, or is itself the value, or says that a program had no error.
pub(crate) type MayBeEmpty = &'static [(&'static str, Form)];

/// Arguments that are free text, besides those whose names end in `name`. JSON in them is a part of the text.
const TEXTS: [&str; 5] = ["comment", "description", "error", "template", "value"];

/// Labels: a word for nothing may be meant, unless the client fills in what it does not mean.
const LABELS: [&str; 5] = ["commit_tags", "description", "split", "splits", "tags"];

/// The JSON type of an empty value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Text,
    List,
    Object,
}

impl Form {
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
    json.get() == "null" || Form::of_empty(json).is_some()
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

/// Whether the empty value of this argument, bare or as text, has a meaning of its own.
pub(crate) fn is_meant_empty(meant: MayBeEmpty, name: &str, json: &RawValue) -> bool {
    let form = Form::of_empty(json).or_else(|| Form::of_empty(&encoded_in(name, json)?));
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

/// The list or object in the text of an argument that is no free text. A list of objects is not looked at: it may be
/// large, and says something.
fn encoded_in(name: &str, json: &RawValue) -> Option<Box<RawValue>> {
    let text = inside(json, '"', '"').filter(|_| !is_text(name))?.trim_start();
    let is_list_of_objects = text.strip_prefix('[').is_some_and(|rest| rest.trim_start().starts_with('{'));
    if is_list_of_objects { None } else { encoded(json) }
}

/// Whether a value is a list that has entries, and only such. A list of objects has none: it may be large, and is not
/// read for that.
fn is_list_of(json: &RawValue, is_such: impl Fn(&RawValue) -> bool) -> bool {
    inside(json, '[', ']').is_some_and(|inside| !inside.trim_start().starts_with('{'))
        && serde_json::from_str::<Vec<&RawValue>>(json.get())
            .is_ok_and(|entries| !entries.is_empty() && entries.into_iter().all(is_such))
}

/// Whether the entry of a list says nothing. An empty object is an entry whose members are missing.
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
