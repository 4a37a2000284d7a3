//! Arguments that are JSON: objects and arrays, bare or as text.

use serde_json::value::RawValue;

use super::errors::wrong_value;
use super::no_nul_char::without_nul;
use super::placeholders::encoded::decoded;
use super::placeholders::{is_blank, is_empty, is_empty_entry, is_empty_list, is_empty_object, is_nothing};
use super::reader::Arguments;
use crate::toolset::ToolError;

/// The meaning of an empty object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Empty {
    /// The argument is absent.
    Nothing,
    /// The stored value is to be empty.
    Meant,
    /// The argument is absent, because the client fills in arguments.
    Ignored,
}

impl<'a> Arguments<'a> {
    /// A JSON object, or its text. Only its outer form is checked.
    pub(crate) fn object(&mut self, name: &'static str) -> Result<Option<Box<RawValue>>, ToolError> {
        self.object_where(name, Empty::Nothing)
    }

    /// Like [`object`](Self::object), but an empty one has a meaning: nothing is to be in it.
    pub(crate) fn object_or_empty(&mut self, name: &'static str) -> Result<Option<Box<RawValue>>, ToolError> {
        let empty = if self.fills_in() { Empty::Ignored } else { Empty::Meant };
        self.object_where(name, empty)
    }

    fn object_where(&mut self, name: &'static str, empty: Empty) -> Result<Option<Box<RawValue>>, ToolError> {
        let Some(raw) = self.take_unless_null(name) else { return Ok(None) };
        if is_blank(raw) || is_nothing(raw) {
            return Ok(self.blank(name));
        }
        let value = decoded(raw).ok_or_else(|| wrong_value(name, "a JSON object"))?;
        match empty {
            _ if is_empty_list(&value) => return Ok(self.blank(name)),
            Empty::Nothing if is_empty_object(&value) => return Ok(self.blank(name)),
            Empty::Ignored if is_empty_object(&value) => return Ok(self.ignore(name)),
            _ => {}
        }
        if !value.get().starts_with('{') {
            return Err(wrong_value(name, "a JSON object"));
        }
        without_nul(name, &value)?;
        Ok(Some(value))
    }

    /// Any JSON other than an empty value, as sent.
    pub(crate) fn raw(&mut self, name: &'static str) -> Option<&'a RawValue> {
        self.take(name)
    }

    /// Like [`raw`](Self::raw), for arguments other than names and free text: a word for nothing counts as absent, too.
    pub(crate) fn raw_value(&mut self, name: &'static str) -> Option<&'a RawValue> {
        self.take_value(name)
    }

    /// A JSON array, or its text, of at most `most` values.
    pub(crate) fn array(
        &mut self,
        name: &'static str,
        most: usize,
    ) -> Result<Option<Vec<Box<RawValue>>>, ToolError> {
        let Some(raw) = self.take_value(name) else { return Ok(None) };
        let value = decoded(raw).ok_or_else(|| wrong_value(name, "a JSON array"))?;
        if is_empty(&value) {
            return Ok(self.blank(name));
        }
        let items: Vec<Box<RawValue>> =
            serde_json::from_str(value.get()).map_err(|_| wrong_value(name, "a JSON array"))?;
        if items.iter().all(|item| is_empty_entry(item) || is_nothing(item)) {
            self.ignored.add_list(name);
            return Ok(self.blank(name));
        }
        if items.len() > most {
            return Err(wrong_value(name, &format!("at most {most} entries long")));
        }
        Ok(Some(items))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::toolset::arguments::placeholders::{EmptyForm, MayBeEmpty};
    use crate::toolset::arguments::reader::with;

    fn shown(value: Option<Box<RawValue>>) -> Option<String> {
        value.map(|value| value.get().to_owned())
    }

    #[test]
    fn an_object_comes_as_it_is_or_as_text() {
        for (json, expected) in [
            (r#"{"x":{"a":1}}"#, Some(r#"{"a":1}"#)),
            (r#"{"x":" {\"a\":1} "}"#, Some(r#"{"a":1}"#)),
            (r#"{"x":{}}"#, None),
            (r#"{"x":"{ }"}"#, None),
            (r#"{"x":[]}"#, None),
            (r#"{"x":"[]"}"#, None),
            (r#"{"x":" "}"#, None),
            (r#"{"x":"null"}"#, None),
            (r#"{"x":"None"}"#, None),
            (r#"{"x":null}"#, None),
            ("{}", None),
        ] {
            let found = with(json, |args| args.object("x")).map(shown);
            assert_eq!(found, Ok(expected.map(str::to_owned)), "{json}");
        }
        for json in [r#"{"x":[1]}"#, r#"{"x":5}"#, r#"{"x":"a"}"#, r#"{"x":"{"}"#, r#"{"x":"5"}"#] {
            let error = with(json, |args| args.object("x")).unwrap_err();
            assert_eq!(error, wrong_value("x", "a JSON object"), "{json}");
        }
    }

    #[test]
    fn an_empty_object_is_meant_unless_the_client_fills_in() {
        const MEANT: MayBeEmpty =
            &[("metadata", EmptyForm::Object), ("outputs", EmptyForm::Object), ("tags", EmptyForm::List)];
        for (json, expected) in [
            (r#"{"metadata":{}}"#, Some("{}")),
            (r#"{"metadata":"{}"}"#, Some("{}")),
            (r#"{"metadata":{},"outputs":{},"tags":[]}"#, Some("{}")),
            (r#"{"metadata":{},"split":null}"#, Some("{}")),
            (r#"{"metadata":{},"split":[]}"#, None),
            (r#"{"metadata":"{}","updates":""}"#, None),
            (r#"{"metadata":"{}","updates":"[]"}"#, None),
            (r#"{"metadata":"{}","outputs":"{}","tags":"[]"}"#, Some("{}")),
            (r#"{"metadata":{},"inputs":{}}"#, None),
            (r#"{"metadata":[]}"#, None),
            (r#"{"metadata":""}"#, None),
            (r#"{"metadata":{"a":1},"split":[]}"#, Some(r#"{"a":1}"#)),
        ] {
            let found = with(json, |args| {
                args.set_may_be_empty(MEANT);
                args.object_or_empty("metadata")
            });
            let found = found.map(shown);
            assert_eq!(found, Ok(expected.map(str::to_owned)), "{json}");
        }
    }

    #[test]
    fn an_array_has_entries() {
        let count =
            |json: &str| with(json, |args| args.array("x", 2)).map(|items| items.as_deref().map(<[_]>::len));
        for json in [r#"{"x":[1,{}]}"#, r#"{"x":"[1,{}]"}"#] {
            assert_eq!(count(json), Ok(Some(2)), "{json}");
        }
        for json in [r#"{"x":[]}"#, r#"{"x":"[ ]"}"#, r#"{"x":""}"#, r#"{"x":{}}"#, r#"{"x":"undefined"}"#] {
            assert_eq!(count(json), Ok(None), "{json}");
        }
        for json in [r#"{"x":5}"#, r#"{"x":"a"}"#, r#"{"x":{"a":1}}"#] {
            assert_eq!(count(json), Err(wrong_value("x", "a JSON array")), "{json}");
        }
        assert_eq!(count(r#"{"x":[1,2,3]}"#), Err(wrong_value("x", "at most 2 entries long")));
    }
}
