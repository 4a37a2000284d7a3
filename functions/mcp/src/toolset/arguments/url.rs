//! Arguments in the URL of a request, whose length is limited by servers.

use super::errors::wrong_value;
use super::reader::Arguments;
use crate::json::copy::copy;
use crate::toolset::ToolError;

/// The maximum length of one argument, in characters.
const MAX_CHARS: usize = 2000;

/// The maximum number of ids in one argument: LangSmith returns no more items.
const MAX_IDS: usize = 100;

impl Arguments<'_> {
    /// A text short enough for a URL.
    pub(crate) fn short_text(&mut self, name: &'static str) -> Result<Option<String>, ToolError> {
        let text = self.text(name)?;
        self.counted_in_url(name, text)
    }

    /// Like [`short_text`](Self::short_text), for arguments other than names and free text: a word for nothing counts
    /// as absent.
    pub(crate) fn short_value(&mut self, name: &'static str) -> Result<Option<String>, ToolError> {
        let text = self.value(name)?;
        self.counted_in_url(name, text)
    }

    fn counted_in_url(
        &mut self,
        name: &'static str,
        text: Option<String>,
    ) -> Result<Option<String>, ToolError> {
        let text = text.map(|text| short(name, text)).transpose()?;
        self.in_url.extend(name, &text);
        Ok(text)
    }

    /// A short text under one of two names: clients of the older server know the first, the second is the same in all
    /// tools.
    pub(crate) fn either(
        &mut self,
        name: &'static str,
        other: &'static str,
    ) -> Result<Option<String>, ToolError> {
        match (self.short_text(name)?, self.short_text(other)?) {
            (Some(_), Some(_)) => {
                Err(ToolError::invalid(format!("Only one of {name} and {other} may be given.")))
            }
            (text, other) => Ok(text.or(other)),
        }
    }

    /// UUIDs: a JSON array, the same array as text, or one bare UUID.
    pub(crate) fn ids(&mut self, name: &'static str) -> Result<Vec<String>, ToolError> {
        let ids: Vec<String> = self.id_list(name, MAX_IDS)?.iter().map(ToString::to_string).collect();
        self.in_url.extend(name, &ids);
        Ok(ids)
    }

    /// The compact text of a JSON object.
    pub(crate) fn object_text(&mut self, name: &'static str) -> Result<Option<String>, ToolError> {
        let Some(object) = self.object(name)? else { return Ok(None) };
        let mut text = String::new();
        copy(object.get(), None, &mut text);
        self.counted_in_url(name, Some(text))
    }
}

fn short(name: &'static str, text: String) -> Result<String, ToolError> {
    if text.chars().count() > MAX_CHARS {
        return Err(wrong_value(name, &format!("at most {MAX_CHARS} characters long")));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::toolset::arguments::url_room::fits_alone;

    fn with<T>(value: &Value, take: impl FnOnce(&mut Arguments<'_>) -> T) -> T {
        crate::toolset::arguments::reader::with(json!({ "x": value }), take)
    }

    #[test]
    fn ids_come_alone_or_together() {
        let id = "5a3e0000-0000-4000-8000-0000000000a1";
        for value in [json!(id.to_uppercase()), json!([id]), json!(format!("[\"{id}\"]"))] {
            assert_eq!(with(&value, |args| args.ids("x")), Ok(vec![id.to_owned()]), "{value}");
        }
        for value in [
            json!("x"),
            json!([id, "x"]),
            json!("[1]"),
            json!(vec![id; MAX_IDS + 1]),
            json!({"a": 1}),
            json!(1),
        ] {
            let error = with(&value, |args| args.ids("x")).unwrap_err();
            assert!(error.message.starts_with("x m"), "{value}");
        }
        for value in [json!(null), json!([]), json!(""), json!("null"), json!(["None", ""]), json!({})] {
            assert_eq!(with(&value, |args| args.ids("x")), Ok(Vec::new()), "{value}");
        }
        assert_eq!(with(&json!(vec![id; MAX_IDS]), |args| args.ids("x")).unwrap().len(), MAX_IDS);
    }

    #[test]
    fn objects_come_as_json_or_text() {
        for value in [json!({"a": "é"}), json!("{ \"a\": \"\\u00e9\" }")] {
            assert_eq!(
                with(&value, |args| args.object_text("x")),
                Ok(Some(r#"{"a":"é"}"#.to_owned())),
                "{value}"
            );
        }
        for value in [
            json!("{a}"),
            json!("x"),
            json!([1]),
            json!("[1]"),
            json!(5),
            json!({"a": "x".repeat(MAX_CHARS)}),
        ] {
            let error = with(&value, |args| args.object_text("x")).unwrap_err();
            assert!(error.message.starts_with("x must be"), "{value}");
        }
        for value in [json!(null), json!({}), json!("{}"), json!(""), json!("None"), json!("[]")] {
            assert_eq!(with(&value, |args| args.object_text("x")), Ok(None), "{value}");
        }
    }

    #[test]
    fn what_goes_into_one_url_counts_together_and_as_it_is_sent() {
        let read = |json: &Value| {
            let raw = serde_json::value::RawValue::from_string(json.to_string()).unwrap();
            Arguments::read(Some(&raw), |args| {
                Ok((args.short_text("a")?, args.object_text("b")?, args.ids("c")?))
            })
            .map(drop)
        };
        let id = "5a3e0000-0000-4000-8000-0000000000a1";
        assert_eq!(read(&json!({"a": "x".repeat(1900), "c": vec![id; 100]})), Ok(()));
        assert_eq!(read(&json!({"a": "😀".repeat(582)})), Ok(()));
        let error = read(&json!({"a": "😀".repeat(584)})).unwrap_err();
        assert!(error.message.starts_with("Too long: a would take 7011 bytes"), "{error:?}");
        let both = json!({"a": "é".repeat(800), "b": {"k": "言".repeat(300)}, "c": id});
        assert!(read(&both).unwrap_err().message.starts_with("Too long: a, b, c would"));
        assert!(fits_alone("x", &"x".repeat(6900)).is_ok() && fits_alone("x", &"é".repeat(1200)).is_err());
    }

    #[test]
    fn long_texts_are_refused() {
        let most = "言".repeat(MAX_CHARS);
        assert_eq!(with(&json!(most), |args| args.short_text("x")), Ok(Some(most.clone())));
        assert!(with(&json!(most + "x"), |args| args.short_text("x")).is_err());
    }
}
