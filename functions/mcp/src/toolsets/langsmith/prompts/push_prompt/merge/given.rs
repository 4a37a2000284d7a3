//! The prompt in a call, checked as far as possible without the stored one.

use serde_json::Value;
use serde_json::value::RawValue;

use super::format::{UNWRITTEN, template};
use super::language::stored_language;
use super::message;
use super::stored::{PromptKind, is_constructor, is_not_implemented, kind, prompt, with_prompt};
use crate::json::depth::{MAX_DEPTH, is_deep};
use crate::toolset::ToolError;
use crate::toolset::arguments::errors::wrong_value;
use crate::toolsets::langsmith::prompts::prompt_template::Language;

/// The forms of a prompt in a call.
#[derive(Debug)]
pub(crate) enum Given {
    /// A chat prompt.
    Chat(Chat),
    /// A prompt of one text.
    Text(Text),
    /// A whole prompt, in LangChain's form.
    Manifest(Value),
}

/// The messages of a chat prompt.
#[derive(Debug)]
pub(crate) struct Chat {
    pub(crate) messages: Vec<Box<RawValue>>,
    /// The language of templates that name none; `None` for that of the stored prompt.
    pub(crate) language: Option<Language>,
}

/// The text of a prompt.
#[derive(Debug)]
pub(crate) struct Text {
    pub(crate) text: String,
    /// The name of its language; `None` for that of the stored prompt.
    pub(crate) format: Option<String>,
}

/// The stored prompt as the base of a new one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Base<'b> {
    /// The stored manifest, if there is a readable one.
    pub(crate) manifest: Option<&'b Value>,
    /// Whether the new one keeps its parts other than the messages or the text.
    pub(crate) is_kept: bool,
}

impl<'b> Base<'b> {
    /// The stored prompt, if it is of this kind.
    pub(crate) fn prompt(self, wanted: PromptKind) -> Option<&'b Value> {
        self.manifest.map(prompt).filter(|prompt| kind(prompt) == wanted)
    }

    /// The name of the language of the stored prompt. A chat made of a text, or a text of a chat, keeps it, too: read
    /// as an f-string, variables in mustache are literal braces.
    pub(crate) fn language(self) -> Option<&'b str> {
        self.manifest.map(prompt).and_then(stored_language)
    }

    /// The manifest with this prompt in place of the stored one.
    pub(crate) fn with(self, prompt: Value) -> Value {
        match self.manifest.filter(|_| self.is_kept) {
            Some(manifest) => with_prompt(manifest, prompt),
            None => prompt,
        }
    }
}

/// A chat prompt of these messages. Without a `language`, theirs is that of the stored prompt.
pub(crate) fn chat(messages: Vec<Box<RawValue>>, language: Option<Language>) -> Result<Given, ToolError> {
    let mut entries = messages.iter().enumerate();
    entries.try_for_each(|(index, raw)| message::check(raw, index, language))?;
    Ok(Given::Chat(Chat { messages, language }))
}

/// A prompt of this text. Without a `format`, its language is that of the stored prompt.
pub(crate) fn text(text: String, format: Option<String>) -> Result<Given, ToolError> {
    // A stored prompt may be in a language that we do not write.
    if let Some(format) = format.as_deref().filter(|format| *format != UNWRITTEN) {
        template(&text, format)?;
    }
    Ok(Given::Text(Text { text, format }))
}

/// The argument `manifest` in LangChain's form, checked only as far as LangSmith does.
pub(crate) fn langchain(raw: &RawValue) -> Result<Value, ToolError> {
    if is_deep(raw.get()) {
        return Err(wrong_value("manifest", &format!("nested at most {MAX_DEPTH} levels deep")));
    }
    // Only halves of surrogate pairs and numbers beyond all types fail here.
    let value: Value = serde_json::from_str(raw.get()).map_err(|_| {
        wrong_value("manifest", "JSON without broken characters and with numbers of usual size")
    })?;
    if is_constructor(&value) || is_not_implemented(&value) {
        return Ok(value);
    }
    let shape = "a LangChain object: {\"lc\": 1, \"type\": \"constructor\", \"id\": [path and class], \"kwargs\": {…}}, \
or what get_prompt_by_name answered";
    Err(wrong_value("manifest", shape))
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
}
