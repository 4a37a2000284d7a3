//! The manifest made from a prompt in a call and the stored one.

use serde_json::Value;

use super::besides::besides;
use super::chat::chat;
use super::format::{another_language, is_doubtful, member, template};
use super::given::{Base, Given, Text};
use super::manifest;
use super::stored::{PromptKind, is_constructor, is_equal, prompt};
use crate::toolset::ToolError;
use crate::toolsets::langsmith::prompts::prompt_template::Language;

impl Given {
    /// The new manifest. A prompt given exactly in its shown form stays exactly as it is stored.
    pub(crate) fn on(&self, base: Base<'_>) -> Result<Value, ToolError> {
        match self {
            Self::Chat(given) => Ok(base.with(chat(given, base)?)),
            Self::Text(given) => Ok(base.with(text(given, base)?)),
            Self::Manifest(given) => whole(given, base),
        }
    }
}

fn text(given: &Text, base: Base<'_>) -> Result<Value, ToolError> {
    let stored = base.prompt(PromptKind::Text);
    let before = base.language();
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

#[cfg(test)]
mod tests {
    use serde_json::json;
    use serde_json::value::RawValue;

    use super::*;
    use crate::toolsets::langsmith::prompts::push_prompt::merge::given::langchain;

    fn raw(json: &str) -> Box<RawValue> {
        RawValue::from_string(json.to_owned()).unwrap()
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
