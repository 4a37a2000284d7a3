//! The messages of a chat prompt, merged with the stored ones. A message given in its shown form stays as it is stored,
//! including everything absent from our own form of messages.

use serde_json::Value;
use serde_json::value::RawValue;

use super::given::{Base, Chat};
use super::language::Meant;
use super::manifest;
use super::message::{LangChainMessage, Message, shown_message};
use super::stored::{PromptKind, kwargs};
use crate::json::canonical::canonical;
use crate::toolset::ToolError;
use crate::toolsets::langsmith::prompts::prompt_template::Language;

/// A stored message.
struct StoredMessage {
    /// The form in which it is shown, as canonical JSON.
    shown: String,
    /// The message itself, if we can write its stored form.
    message: Option<Message>,
    written: LangChainMessage,
}

impl StoredMessage {
    fn read(manifest: &Value) -> Option<Self> {
        let shown = shown_message(manifest)?;
        let raw: Box<RawValue> = RawValue::from_string(shown.json.clone()).ok()?;
        Some(Self {
            message: Message::read(&raw, 0, Language::FString)
                .ok()
                .filter(|message| message.is_as_shown(&raw)),
            shown: canonical(&raw),
            written: LangChainMessage::of(manifest, shown),
        })
    }

    fn is(&self, message: &Result<Message, ToolError>, canonical: &str) -> bool {
        let is_same = |message: &Message| self.message.as_ref() == Some(message);
        self.shown == canonical || message.as_ref().is_ok_and(is_same)
    }
}

/// The manifest of a chat prompt.
pub(crate) fn chat(given: &Chat, base: Base<'_>) -> Result<Value, ToolError> {
    let prompt = base.prompt(PromptKind::Chat);
    let listed = prompt.and_then(kwargs).and_then(|kwargs| kwargs.get("messages")).and_then(Value::as_array);
    let stored: Vec<Option<StoredMessage>> = listed.into_iter().flatten().map(StoredMessage::read).collect();
    let language = Meant::of(given.language, base.language());
    let messages: Vec<LangChainMessage> = given
        .messages
        .iter()
        .enumerate()
        .map(|(index, raw)| {
            let message = language.read(raw, index);
            if let Some(stored) = find(&stored, raw, index, &message) {
                return Ok(stored.written.clone());
            }
            if base.is_kept {
                language.check(raw, index)?;
            }
            message.map(|message| message.write())
        })
        .collect::<Result<_, _>>()?;
    let prompt = prompt.filter(|_| base.is_kept);
    let is_unchanged = listed.is_some_and(|listed| listed.iter().eq(messages.iter().map(|it| &it.manifest)));
    if let Some(prompt) = prompt.filter(|_| is_unchanged) {
        return Ok(prompt.clone());
    }
    let before = stored.into_iter().flatten().filter_map(|stored| stored.written.optional).collect();
    Ok(manifest::chat(messages, prompt, &before))
}

/// The stored message with an entry as its shown form, preferably the one at the same place. `message` is the entry as
/// read, or the reason why it cannot be written.
fn find<'s>(
    stored: &'s [Option<StoredMessage>],
    raw: &RawValue,
    index: usize,
    message: &Result<Message, ToolError>,
) -> Option<&'s StoredMessage> {
    let canonical = canonical(raw);
    let same_place = stored.get(index).into_iter();
    same_place.chain(stored).flatten().find(|stored| stored.is(message, &canonical))
}
