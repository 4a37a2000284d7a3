//! The mark of a text cut for preview: `… (+123 chars)`. A text with the mark is only a beginning: stored, it would
//! pass for the whole, and the rest would be lost.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use crate::toolset::{ToolError, shorten_name};

/// The mark between the ellipsis and the number of characters.
const OPEN: &str = " (+";

/// The mark behind the number.
const CLOSE: &str = " chars)";

/// The ellipsis itself, or its escape in JSON of ASCII only. In a text with such JSON the backslash itself is escaped,
/// once or more, and stands before the same characters.
const ELLIPSES: [&str; 2] = ["…", "\\u2026"];

/// Characters of the mark with escapes in the JSON of some libraries, such as .NET's for `+`.
const ESCAPES: [(&str, &str); 5] =
    [("\\u0020", " "), ("\\u0028", "("), ("\\u0029", ")"), ("\\u002b", "+"), ("\\u002B", "+")];

/// Whether a text, or any text in JSON however deep, carries the mark.
pub(crate) fn carries_mark(text: &str) -> bool {
    if !text.contains("\\u00") {
        return stands_in(text);
    }
    let mut plain = text.to_owned();
    // JSON in a string in JSON: the backslash itself is escaped.
    while plain.contains("\\\\u00") {
        plain = plain.replace("\\\\u00", "\\u00");
    }
    stands_in(&ESCAPES.iter().fold(plain, |plain, (escape, character)| plain.replace(escape, character)))
}

fn stands_in(text: &str) -> bool {
    text.match_indices(OPEN).any(|(at, open)| {
        let (before, after) = (text.get(..at), text.get(at + open.len()..));
        before.is_some_and(|before| ELLIPSES.iter().any(|ellipsis| before.ends_with(ellipsis)))
            && after.is_some_and(begins_with_count)
    })
}

fn begins_with_count(text: &str) -> bool {
    let rest = text.trim_start_matches(|character: char| character.is_ascii_digit());
    rest.len() < text.len() && rest.starts_with(CLOSE)
}

/// Refuses a write with a cut text in its arguments, and names the place.
pub(crate) fn refuse_marked(arguments: Option<&RawValue>) -> Result<(), ToolError> {
    let Some(arguments) = arguments.filter(|arguments| carries_mark(arguments.get())) else { return Ok(()) };
    // Arguments other than an object are refused later, for their form.
    let Ok(arguments) = serde_json::from_str::<BTreeMap<String, &RawValue>>(arguments.get()) else {
        return Ok(());
    };
    let marked = arguments.iter().find(|(name, value)| carries_mark(name) || carries_mark(value.get()));
    marked.map_or(Ok(()), |(name, value)| Err(refusal(&place(name, value))))
}

/// The place of the mark: the argument, and the entry if it is a list.
fn place(name: &str, value: &RawValue) -> String {
    let entries: Vec<&RawValue> = serde_json::from_str(value.get()).unwrap_or_default();
    let name = shorten_name(name);
    match entries.iter().position(|entry| carries_mark(entry.get())) {
        Some(at) => format!("{name}[{at}]"),
        None => name,
    }
}

fn refusal(place: &str) -> ToolError {
    ToolError::invalid(format!(
        "{place} holds a text that was cut for preview: it carries the mark … (+N chars). Nothing was written. Read the whole \
         text, with detail=full in fetch_runs, preview_chars=0 in get_thread_history, or read_example, and write that."
    ))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::json::copy::copy;

    fn refused(arguments: &Value) -> Option<String> {
        let raw = RawValue::from_string(arguments.to_string()).unwrap();
        refuse_marked(Some(&raw)).err().map(|error| error.message)
    }

    #[test]
    fn the_mark_is_recognised_however_it_is_escaped() {
        for text in [
            r#"{"q":"abc\u2026 (\u002B123 chars)"}"#,
            r#"{"q":"abc\u2026\u0020\u0028\u002b123\u0020chars\u0029"}"#,
            r#"{"q":"{\"a\":\"abc\\u2026 (\\u002B123 chars)\"}"}"#,
        ] {
            assert!(carries_mark(text), "{text}");
        }
        assert!(!carries_mark(r#"{"q":"1 \u002B 123 chars"}"#));
    }

    #[test]
    fn whatever_is_cut_is_recognised() {
        for length in [20_usize, 200, 5_000] {
            let mut cut = String::new();
            copy(&json!({"a": ["é".repeat(length)]}).to_string(), Some(3), &mut cut);
            assert!(carries_mark(&cut), "{cut}");
            // As a client may send it on.
            assert!(carries_mark(&cut.replace('…', "\\u2026")));
            assert!(carries_mark(&Value::from(cut.replace('…', "\\u2026")).to_string()));
            assert!(carries_mark(&format!("before {cut} after")));
        }
    }

    #[test]
    fn what_only_looks_like_it_is_taken() {
        for text in
            ["…", "… (+ chars)", "... (+5 chars)", "… (+5 characters)", "… (5 chars)", " (+5 chars)", ""]
        {
            assert!(!carries_mark(text), "{text}");
        }
    }

    #[test]
    fn the_place_is_named() {
        let cut = "abc… (+59850 chars)";
        for (arguments, place) in [
            (json!({"description": cut}), "description holds"),
            (
                json!({"dataset_name": "d", "examples": [{"inputs": {}}, {"inputs": {"q": [cut]}}]}),
                "examples[1] holds",
            ),
            (json!({"examples": json!([{"inputs": {"q": cut}}]).to_string()}), "examples holds"),
            (json!({"metadata": {cut: 1}}), "metadata holds"),
        ] {
            let message = refused(&arguments).unwrap();
            assert!(message.starts_with(place) && message.contains("detail=full"), "{message}");
        }
        assert_eq!(refused(&json!({"description": "a… (+b)"})), None);
        assert_eq!(refuse_marked(None), Ok(()));
    }
}
