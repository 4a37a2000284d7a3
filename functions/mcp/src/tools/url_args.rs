//! Arguments that travel in the URL of a request, which must stay within what servers accept.

use super::ToolError;
use super::args::{Arguments, wrong};
use super::pagination::copy;

/// The most characters of one argument.
const MAX_CHARS: usize = 2000;

/// The most ids of one argument: as many as LangSmith returns items.
const MAX_IDS: usize = 100;

impl Arguments<'_> {
    /// A text that is short enough; an empty one counts as absent.
    pub(crate) fn short_text(&mut self, name: &'static str) -> Result<Option<String>, ToolError> {
        self.text(name)?.map(|text| short(name, text)).transpose()
    }

    /// UUIDs: a JSON array, the same array as text, or one bare UUID.
    pub(crate) fn ids(&mut self, name: &'static str) -> Result<Vec<String>, ToolError> {
        let texts = self.list_of(name, MAX_IDS)?.unwrap_or_default();
        let id = |text: &String| uuid::Uuid::try_parse(text.trim()).map(|id| id.hyphenated().to_string());
        texts.iter().map(id).collect::<Result<_, _>>().map_err(|_| wrong(name, "a UUID or an array of UUIDs"))
    }

    /// The compact text of a JSON object.
    pub(crate) fn object_text(&mut self, name: &'static str) -> Result<Option<String>, ToolError> {
        let Some(object) = self.object(name)? else { return Ok(None) };
        let mut text = String::new();
        copy(object.get(), None, &mut text);
        short(name, text).map(Some)
    }
}

fn short(name: &'static str, text: String) -> Result<String, ToolError> {
    if text.chars().count() > MAX_CHARS {
        return Err(wrong(name, &format!("at most {MAX_CHARS} characters long")));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn with<T>(value: &Value, take: impl FnOnce(&mut Arguments<'_>) -> T) -> T {
        let text = json!({ "x": value }).to_string();
        take(&mut Arguments::parse(Some(serde_json::from_str(&text).unwrap())).unwrap())
    }

    #[test]
    fn ids_come_alone_or_together() {
        let id = "5a3e0000-0000-4000-8000-0000000000a1";
        for value in [json!(id.to_uppercase()), json!([id]), json!(format!("[\"{id}\"]"))] {
            assert_eq!(with(&value, |args| args.ids("x")), Ok(vec![id.to_owned()]), "{value}");
        }
        for value in
            [json!("x"), json!([id, "x"]), json!("[1]"), json!(vec![id; MAX_IDS + 1]), json!({}), json!(1)]
        {
            let error = with(&value, |args| args.ids("x")).unwrap_err();
            assert!(error.message.starts_with("x m"), "{value}");
        }
        assert_eq!(with(&json!(null), |args| args.ids("x")), Ok(Vec::new()));
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
        for value in
            [json!("{a}"), json!("x"), json!([1]), json!("[]"), json!(5), json!({"a": "x".repeat(MAX_CHARS)})]
        {
            let error = with(&value, |args| args.object_text("x")).unwrap_err();
            assert!(error.message.starts_with("x must be"), "{value}");
        }
        assert_eq!(with(&json!(null), |args| args.object_text("x")), Ok(None));
    }

    #[test]
    fn long_texts_are_refused() {
        let most = "言".repeat(MAX_CHARS);
        assert_eq!(with(&json!(most), |args| args.short_text("x")), Ok(Some(most.clone())));
        assert!(with(&json!(most + "x"), |args| args.short_text("x")).is_err());
    }
}
