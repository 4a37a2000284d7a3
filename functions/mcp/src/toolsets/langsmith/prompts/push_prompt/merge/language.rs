//! The language of templates that name none: the given one, or else that of the stored prompt, even of another kind.

use std::slice;

use serde_json::Value;
use serde_json::value::RawValue;

use super::format::{another_language, format_of, is_doubtful, unwritten};
use super::message::Message;
use super::stored::{PromptKind, class, kind, kwargs};
use crate::toolset::ToolError;
use crate::toolsets::langsmith::prompts::prompt_template::Language;

/// The applicable language.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Meant<'p> {
    given: Option<Language>,
    /// The name of the language of the stored prompt.
    before: Option<&'p str>,
}

impl<'p> Meant<'p> {
    pub(crate) fn of(given: Option<Language>, before: Option<&'p str>) -> Self {
        Self { given, before }
    }

    /// Reads the entry at `index` of the argument `messages`.
    pub(crate) fn read(self, raw: &RawValue, index: usize) -> Result<Message, ToolError> {
        let stored = || self.before.map_or(Some(Language::FString), Language::from_name);
        match self.given.or_else(stored) {
            Some(language) => Message::read(raw, index, language),
            None => in_any(raw, index).unwrap_or_else(|| Err(unwritten())),
        }
    }

    /// Refuses an entry that may have become an f-string by accident.
    pub(crate) fn check(self, raw: &RawValue, index: usize) -> Result<(), ToolError> {
        let Some(given) = self.given else { return Ok(()) };
        let looks_like_before = || raw.get().contains("{{") && in_any(raw, index).is_none();
        if is_doubtful(given.name(), self.before, looks_like_before) {
            return Err(another_language(self.before.unwrap_or_default()));
        }
        Ok(())
    }
}

/// The entry as read, if it is the same in every language: it is no template, or names its language itself.
fn in_any(raw: &RawValue, index: usize) -> Option<Result<Message, ToolError>> {
    let message = Message::read(raw, index, Language::FString);
    (message == Message::read(raw, index, Language::Mustache)).then_some(message)
}

/// The name of the language of a stored prompt: that of its text, or the common one of its messages.
pub(crate) fn stored_language(prompt: &Value) -> Option<&str> {
    match kind(prompt) {
        PromptKind::Chat => of_all(kwargs(prompt)?.get("messages")?.as_array()?),
        PromptKind::Text => Some(format_of(prompt)),
        PromptKind::Other => None,
    }
}

/// The common language of all texts of stored messages.
fn of_all(messages: &[Value]) -> Option<&str> {
    let mut languages = messages.iter().flat_map(texts).map(format_of);
    let first = languages.next()?;
    languages.all(|other| other == first).then_some(first)
}

/// The texts of a message. Its other parts, such as images, are none.
pub(crate) fn texts(message: &Value) -> impl Iterator<Item = &Value> {
    let parts = match kwargs(message).and_then(|kwargs| kwargs.get("prompt")) {
        Some(Value::Array(parts)) => parts,
        Some(one) => slice::from_ref(one),
        None => &[],
    };
    parts.iter().filter(|part| class(part) == Some("PromptTemplate"))
}
