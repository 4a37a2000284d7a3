//! Arguments that are lists of texts: a JSON array, the same array as text, or one bare text.

use serde_json::value::RawValue;

use super::no_nul_char::NO_NUL;
use super::reader::{Arguments, string, wrong};
use crate::toolset::ToolError;

/// The most entries that a list argument may have.
const MAX_ITEMS: usize = 20;

impl Arguments<'_> {
    /// At most [`MAX_ITEMS`] texts.
    pub(crate) fn list(&mut self, name: &'static str) -> Result<Option<Vec<String>>, ToolError> {
        self.list_of(name, MAX_ITEMS)
    }

    /// At most `most` texts.
    pub(crate) fn list_of(
        &mut self,
        name: &'static str,
        most: usize,
    ) -> Result<Option<Vec<String>>, ToolError> {
        let Some(raw) = self.take(name) else { return Ok(None) };
        let items = items(raw, name, most)?;
        Ok(if items.is_empty() { self.blank(name) } else { Some(items) })
    }

    /// At most [`MAX_ITEMS`] texts, or none: the caller wants nothing to be there.
    pub(crate) fn list_or_empty(&mut self, name: &'static str) -> Result<Option<Vec<String>>, ToolError> {
        let Some(raw) = self.take_or_empty(name) else { return Ok(None) };
        let items = items(raw, name, MAX_ITEMS)?;
        Ok(if items.is_empty() && self.fills_in() { self.ignore(name) } else { Some(items) })
    }
}

/// The texts that are not empty.
fn items(raw: &RawValue, name: &str, most: usize) -> Result<Vec<String>, ToolError> {
    const EXPECTED: &str = "a string or an array of strings";
    let items: Vec<String> = if let Ok(items) = serde_json::from_str::<Vec<&RawValue>>(raw.get()) {
        items.into_iter().map(|item| string(item, name, EXPECTED)).collect::<Result<_, _>>()?
    } else {
        let text = string(raw, name, EXPECTED)?;
        serde_json::from_str(&text).unwrap_or_else(|_| vec![text])
    };
    let items: Vec<String> = items.into_iter().filter(|item| !item.trim().is_empty()).collect();
    if items.iter().any(|item| item.contains('\0')) {
        return Err(wrong(name, NO_NUL));
    }
    if items.len() > most {
        return Err(wrong(name, &format!("at most {most} entries long")));
    }
    Ok(items)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn with<T>(arguments: &Value, take: impl FnOnce(&mut Arguments<'_>) -> T) -> T {
        let text = arguments.to_string();
        let raw: &RawValue = serde_json::from_str(&text).unwrap();
        take(&mut Arguments::parse(Some(raw)).unwrap())
    }

    fn list(value: &Value) -> Result<Option<Vec<String>>, ToolError> {
        with(&json!({ "x": value }), |args| args.list("x"))
    }

    #[test]
    fn a_list_comes_as_an_array_as_its_text_or_as_one_entry() {
        for (value, expected) in [
            (json!(["a", "b"]), vec!["a", "b"]),
            (json!("[\"a\",\"b\"]"), vec!["a", "b"]),
            (json!("a"), vec!["a"]),
            (json!(["a", "", " "]), vec!["a"]),
            (json!("[a"), vec!["[a"]),
            (json!("[1]"), vec!["[1]"]),
            // Names may be any words.
            (json!("null"), vec!["null"]),
            (json!(["None"]), vec!["None"]),
        ] {
            let expected = expected.into_iter().map(str::to_owned).collect();
            assert_eq!(list(&value), Ok(Some(expected)), "{value}");
        }
        for value in [json!([1]), json!({"a": 1}), json!(5)] {
            assert_eq!(list(&value), Err(wrong("x", "a string or an array of strings")), "{value}");
        }
        for value in [json!([]), json!("[]"), json!(""), json!([""]), json!([" "]), json!({}), json!(null)] {
            assert_eq!(list(&value), Ok(None), "{value}");
        }
        assert_eq!(list(&json!(vec!["a"; 21])), Err(wrong("x", "at most 20 entries long")));
    }

    #[test]
    fn no_entry_can_be_told_from_no_list() {
        let tags = |arguments: Value| with(&arguments, |args| args.list_or_empty("tags"));
        for value in [json!([]), json!("[]"), json!(""), json!([""])] {
            assert_eq!(tags(json!({ "tags": value })), Ok(Some(Vec::new())), "{value}");
            // A client that fills in arguments fills in this one, too.
            assert_eq!(tags(json!({ "tags": value, "parent_commit": "" })), Ok(None), "{value}");
        }
        assert_eq!(tags(json!({ "tags": null })), Ok(None));
        assert_eq!(tags(json!({ "tags": "a", "parent_commit": "" })), Ok(Some(vec!["a".to_owned()])));
    }
}
