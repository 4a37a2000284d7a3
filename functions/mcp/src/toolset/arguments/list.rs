//! Arguments that are lists of texts: a JSON array, the same array as text, or one bare text.

use std::borrow::Cow;

use serde_json::value::RawValue;
use uuid::Uuid;

use super::errors::wrong_value;
use super::no_nul_char::NO_NUL;
use super::placeholders::encoded::encoded;
use super::placeholders::{is_empty, is_empty_entry, is_label, names_nothing};
use super::reader::{Arguments, string};
use crate::toolset::ToolError;

/// The maximum number of entries in a list argument without a limit of its own.
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
        let listed = listed(raw, name, most)?;
        Ok(match listed.texts.is_empty() {
            true => self.no_entry(name, &listed),
            false if self.are_filled_in(name, &listed) => self.ignore(name),
            false => Some(listed.texts),
        })
    }

    /// Whether labels are filled in: only words for nothing, from a client that fills in arguments.
    fn are_filled_in(&self, name: &str, listed: &ListedTexts) -> bool {
        self.fills_in() && is_label(name) && listed.texts.iter().all(|text| names_nothing(text))
    }

    /// At most `most` UUIDs. Words for nothing among the entries are skipped.
    pub(crate) fn id_list(&mut self, name: &'static str, most: usize) -> Result<Vec<Uuid>, ToolError> {
        let Some(raw) = self.take_value(name) else { return Ok(Vec::new()) };
        let mut listed = listed(raw, name, most)?;
        listed.texts.retain(|text| !names_nothing(text));
        if listed.texts.is_empty() {
            return Ok(self.no_entry(name, &listed).unwrap_or_default());
        }
        let ids: Result<_, _> = listed.texts.iter().map(|text| Uuid::try_parse(text.trim())).collect();
        ids.map_err(|_| wrong_value(name, "a UUID or an array of UUIDs"))
    }

    /// Records a list that counts as absent. Its entries, if any, may have been meant.
    fn no_entry<T>(&mut self, name: &'static str, listed: &ListedTexts) -> Option<T> {
        if listed.had_entries {
            self.ignored.add_list(name);
        }
        self.blank(name)
    }

    /// At most [`MAX_ITEMS`] texts; an empty list has a meaning: there are to be none.
    pub(crate) fn list_or_empty(&mut self, name: &'static str) -> Result<Option<Vec<String>>, ToolError> {
        let Some(raw) = self.take_or_empty(name) else { return Ok(None) };
        let listed = listed(raw, name, MAX_ITEMS)?;
        Ok(match listed.texts.is_empty() {
            true if listed.had_entries => self.no_entry(name, &listed),
            true if self.fills_in() => self.ignore(name),
            false if self.are_filled_in(name, &listed) => self.ignore(name),
            _ => Some(listed.texts),
        })
    }
}

/// The content of a list.
struct ListedTexts {
    /// The non-empty texts.
    texts: Vec<String>,
    /// Whether there were any entries, even empty ones.
    had_entries: bool,
}

fn listed(raw: &RawValue, name: &str, most: usize) -> Result<ListedTexts, ToolError> {
    let items = items(raw, name)?;
    let had_entries = !items.is_empty();
    let texts: Vec<String> = items.into_iter().filter(|item| !item.trim().is_empty()).collect();
    if texts.iter().any(|item| item.contains('\0')) {
        return Err(wrong_value(name, NO_NUL));
    }
    if texts.len() > most {
        return Err(wrong_value(name, &format!("at most {most} entries long")));
    }
    Ok(ListedTexts { texts, had_entries })
}

fn items(raw: &RawValue, name: &str) -> Result<Vec<String>, ToolError> {
    const EXPECTED: &str = "a string or an array of strings";
    let json = encoded(raw).map_or(Cow::Borrowed(raw), Cow::Owned);
    if let Ok(items) = serde_json::from_str::<Vec<&RawValue>>(json.get()) {
        let text = |item| if is_blank_item(item) { Ok(String::new()) } else { string(item, name, EXPECTED) };
        return items.into_iter().map(text).collect();
    }
    if matches!(json, Cow::Owned(_)) {
        return if is_empty(&json) { Ok(Vec::new()) } else { Err(wrong_value(name, EXPECTED)) };
    }
    let text = string(raw, name, EXPECTED)?;
    // Python's form of a list: it would become one strange name.
    let is_quoted = |text: &str| text.starts_with("['") && text.ends_with("']");
    if is_quoted(text.trim()) {
        return Err(wrong_value(name, "a JSON array, with double quotes around its strings"));
    }
    Ok(vec![text])
}

/// Whether an entry says nothing, bare or as text.
fn is_blank_item(item: &RawValue) -> bool {
    is_empty_entry(item) || encoded(item).is_some_and(|json| is_empty(&json))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::toolset::arguments::placeholders::EmptyForm;
    use crate::toolset::arguments::placeholders::ignored::Ignored;
    use crate::toolset::arguments::reader::with;

    fn list(value: &Value) -> Result<Option<Vec<String>>, ToolError> {
        with(json!({ "x": value }), |args| args.list("x"))
    }

    #[test]
    fn a_list_comes_as_an_array_as_its_text_or_as_one_entry() {
        for (value, expected) in [
            (json!(["a", "b"]), vec!["a", "b"]),
            (json!("[\"a\",\"b\"]"), vec!["a", "b"]),
            (json!("a"), vec!["a"]),
            (json!(["a", "", " "]), vec!["a"]),
            (json!("[a"), vec!["[a"]),
            (json!("[prod]"), vec!["[prod]"]),
            (json!("[\"a\", null, \"\"]"), vec!["a"]),
            (json!(["a", "[]", "{}"]), vec!["a"]),
            // Names may be any words.
            (json!("null"), vec!["null"]),
            (json!(["None"]), vec!["None"]),
        ] {
            let expected = expected.into_iter().map(str::to_owned).collect();
            assert_eq!(list(&value), Ok(Some(expected)), "{value}");
        }
        for value in [json!([1]), json!("[1]"), json!({"a": 1}), json!("{\"a\":1}"), json!(5)] {
            assert_eq!(list(&value), Err(wrong_value("x", "a string or an array of strings")), "{value}");
        }
        for value in [
            json!([]),
            json!("[]"),
            json!(""),
            json!([""]),
            json!([" "]),
            json!({}),
            json!("{}"),
            json!("[null]"),
            json!("[[]]"),
            json!(null),
        ] {
            assert_eq!(list(&value), Ok(None), "{value}");
        }
        assert_eq!(list(&json!(vec!["a"; 21])), Err(wrong_value("x", "at most 20 entries long")));
    }

    #[test]
    fn a_list_of_placeholders_is_noted() {
        let noted = |value: &Value, take: fn(&mut Arguments<'_>) -> Result<usize, ToolError>| {
            with(json!({ "x": value }), |args| (take(args), std::mem::take(&mut args.ignored)))
        };
        let mut expected = Ignored::default();
        expected.add_list("x");
        let ids = |args: &mut Arguments<'_>| args.id_list("x", 9).map(|ids| ids.len());
        for value in [json!(["None"]), json!([""]), json!(["null", " "]), json!("[\"undefined\"]")] {
            assert_eq!(noted(&value, ids), (Ok(0), expected.clone()), "{value}");
        }
        for value in [json!([]), json!("[]"), json!(""), json!("None"), json!({}), json!(null)] {
            assert_eq!(noted(&value, ids), (Ok(0), Ignored::default()), "{value}");
        }
        let id = Uuid::nil();
        for value in [json!(["None", id]), json!(id), json!([id])] {
            assert_eq!(noted(&value, ids), (Ok(1), Ignored::default()), "{value}");
        }
        let texts = |args: &mut Arguments<'_>| args.list("x").map(|texts| texts.map_or(0, |all| all.len()));
        assert_eq!(noted(&json!([""]), texts), (Ok(0), expected));
        for (value, count) in [(json!([]), 0), (json!(["None"]), 1), (json!(["", "a"]), 1)] {
            assert_eq!(noted(&value, texts), (Ok(count), Ignored::default()), "{value}");
        }
    }

    #[test]
    fn no_entry_can_be_told_from_no_list() {
        let tags = |arguments: Value| {
            with(&arguments, |args| {
                args.set_may_be_empty(&[("tags", EmptyForm::List)]);
                args.list_or_empty("tags")
            })
        };
        for value in [json!(""), json!({}), json!([""]), json!([null, " "]), json!("[\"\"]")] {
            assert_eq!(tags(json!({ "tags": value })), Ok(None), "{value}");
        }
        for value in [json!([]), json!("[]")] {
            assert_eq!(tags(json!({ "tags": value })), Ok(Some(Vec::new())), "{value}");
            // A client that fills in arguments fills in this one, too.
            assert_eq!(tags(json!({ "tags": value, "parent_commit": "" })), Ok(None), "{value}");
        }
        assert_eq!(tags(json!({ "tags": null })), Ok(None));
        assert_eq!(tags(json!({ "tags": "a", "parent_commit": "" })), Ok(Some(vec!["a".to_owned()])));
    }
}
