//! The prompt in a call, and the manifest made from it and a stored one.

use serde_json::Value;
use serde_json::value::RawValue;

use super::besides::besides;
use super::chat::chat;
use super::manifest;
use super::request::template;
use super::stored::{Kind, is_constructor, is_equal, is_not_implemented, kind, kwargs, prompt, with_prompt};
use crate::json::depth::{MAX_DEPTH, is_deep};
use crate::toolset::ToolError;
use crate::toolset::arguments::errors::wrong;
use crate::toolsets::langsmith::prompts::prompt_template::Language;

/// The forms of a prompt in a call.
#[derive(Debug)]
pub(super) enum Given {
    /// A chat prompt.
    Chat(Chat),
    /// A prompt of one text.
    Text(Text),
    /// A whole prompt, in LangChain's form.
    Manifest(Value),
}

/// The messages of a chat prompt.
#[derive(Debug)]
pub(super) struct Chat {
    pub(super) messages: Vec<Box<RawValue>>,
    /// The language of templates that name none; `None` for that of the stored ones.
    pub(super) language: Option<Language>,
}

/// The text of a prompt.
#[derive(Debug)]
pub(super) struct Text {
    pub(super) text: String,
    /// The name of its language; `None` for that of the stored text.
    pub(super) format: Option<String>,
}

/// The stored prompt that a new one is based on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Base<'b> {
    /// The stored manifest; `None` where there is none that can be read.
    pub(super) manifest: Option<&'b Value>,
    /// Whether its parts other than the messages or the text go into the new one.
    pub(super) is_kept: bool,
}

impl<'b> Base<'b> {
    /// The stored prompt, if it is of this kind.
    pub(super) fn prompt(self, wanted: Kind) -> Option<&'b Value> {
        self.manifest.map(prompt).filter(|prompt| kind(prompt) == wanted)
    }

    /// The manifest with this prompt in place of the stored one.
    fn with(self, prompt: Value) -> Value {
        match self.manifest.filter(|_| self.is_kept) {
            Some(manifest) => with_prompt(manifest, prompt),
            None => prompt,
        }
    }
}

impl Given {
    /// The new manifest. A prompt that is given exactly as it is shown stays exactly as it is stored.
    pub(super) fn on(&self, base: Base<'_>) -> Result<Value, ToolError> {
        match self {
            Self::Chat(given) => Ok(base.with(chat(given, base)?)),
            Self::Text(given) => Ok(base.with(text(given, base)?)),
            Self::Manifest(given) => whole(given, base),
        }
    }
}

fn text(given: &Text, base: Base<'_>) -> Result<Value, ToolError> {
    let stored = base.prompt(Kind::Text);
    let before = stored.map(format);
    let format = given.format.as_deref().or(before).unwrap_or(Language::FString.name());
    let is_same_text = stored.is_some_and(|stored| member(stored, "template") == Some(&given.text));
    let template = template(&given.text, format);
    if let Some(stored) = stored.filter(|_| is_same_text && before == Some(format)) {
        // A template that we cannot write cannot be stripped of its other parts, either.
        if base.is_kept || template.is_err() || besides(Some(stored)).names().next().is_none() {
            return Ok(stored.clone());
        }
    }
    if base.is_kept && is_doubtful(format, before, || is_same_text || given.text.contains("{{")) {
        return Err(another_language(before.unwrap_or_default()));
    }
    Ok(manifest::text(&template?, stored.filter(|_| base.is_kept)))
}

/// Whether a template may have become an f-string by accident: clients fill in what a schema names first.
pub(super) fn is_doubtful(
    format: &str,
    before: Option<&str>,
    looks_like_before: impl FnOnce() -> bool,
) -> bool {
    let name = Language::FString.name();
    format == name && before.is_some_and(|before| before != name) && looks_like_before()
}

pub(super) fn another_language(before: &str) -> ToolError {
    let before: String = before.chars().take(20).collect();
    ToolError::invalid(format!(
        "template_format is f-string, but the stored template is {before} and this one looks like it. Leave template_format \
out to keep {before}, or push with replace: true to make it an f-string."
    ))
}

fn member<'p>(prompt: &'p Value, name: &str) -> Option<&'p str> {
    kwargs(prompt)?.get(name)?.as_str()
}

/// The name of the language of a stored text.
pub(super) fn format(prompt: &Value) -> &str {
    member(prompt, "template_format").unwrap_or(Language::FString.name())
}

/// A prompt is shown without its model, so that the same prompt without it is no change.
fn whole(given: &Value, base: Base<'_>) -> Result<Value, ToolError> {
    let stored = base
        .manifest
        .filter(|stored| is_equal(given, stored) || (base.is_kept && is_equal(given, prompt(stored))));
    match stored {
        Some(stored) => Ok(stored.clone()),
        None if is_constructor(given) => Ok(given.clone()),
        None => Err(ToolError::invalid(
            "manifest is not_implemented, which no library can load: it can be pushed unchanged only.",
        )),
    }
}

/// The argument `manifest` in LangChain's form, checked only as far as LangSmith does.
pub(super) fn langchain(raw: &RawValue) -> Result<Value, ToolError> {
    if is_deep(raw.get()) {
        return Err(wrong("manifest", &format!("nested at most {MAX_DEPTH} levels deep")));
    }
    // Only halves of surrogate pairs and numbers beyond all types fail here.
    let value: Value = serde_json::from_str(raw.get())
        .map_err(|_| wrong("manifest", "JSON without broken characters and with numbers of usual size"))?;
    if is_constructor(&value) || is_not_implemented(&value) {
        return Ok(value);
    }
    let shape = "a LangChain object: {\"lc\": 1, \"type\": \"constructor\", \"id\": [path and class], \"kwargs\": {…}}, \
or what get_prompt_by_name answered";
    Err(wrong("manifest", shape))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn raw(json: &str) -> Box<RawValue> {
        RawValue::from_string(json.to_owned()).unwrap()
    }

    #[test]
    fn a_given_manifest_is_an_object_of_a_class() {
        let good = json!({"lc": 1, "type": "constructor", "id": ["a", "B"], "kwargs": {}});
        assert_eq!(langchain(&raw(&good.to_string())).unwrap(), good);
        for (member, value) in [
            ("lc", json!(2)),
            ("type", json!("secret")),
            ("id", json!([])),
            ("id", json!([1])),
            ("kwargs", json!(1)),
        ] {
            let mut bad = good.clone();
            bad[member] = value;
            let message = langchain(&raw(&bad.to_string())).unwrap_err().message;
            assert!(message.contains("LangChain object"), "{bad}");
        }
        for bad in [r#"{"a":"\ud83d"}"#, r#"{"a":1e999}"#] {
            assert!(langchain(&raw(bad)).unwrap_err().message.contains("broken"), "{bad}");
        }
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(5_000), "]".repeat(5_000));
        assert!(langchain(&raw(&deep)).unwrap_err().message.contains("100 levels"));
    }

    #[test]
    fn what_cannot_be_loaded_can_be_left_as_it_is() {
        let name = json!({"lc": 1, "type": "not_implemented", "id": ["a", "B"], "repr": "B()"});
        let given = Given::Manifest(langchain(&raw(&name.to_string())).unwrap());
        let on = |manifest: Option<&Value>| given.on(Base { manifest, is_kept: true });
        assert_eq!(on(Some(&name)).unwrap(), name);
        let with_model = json!({"lc": 1, "type": "constructor", "id": ["RunnableSequence"], "kwargs": {"first": name, "last": 1}});
        assert_eq!(on(Some(&with_model)).unwrap(), with_model);
        assert!(on(None).unwrap_err().message.contains("unchanged only"));
    }
}
