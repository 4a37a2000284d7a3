//! The messages of a chat prompt on top of those that are stored. One that is given as it is shown stays as it is
//! stored, whatever it has that no message of ours has.

use serde_json::Value;
use serde_json::value::RawValue;

use super::given::{Base, Chat};
use super::language::Meant;
use super::manifest;
use super::message::{Message, Written, shown};
use super::stored::{Kind, kwargs};
use crate::json::canonical::canonical;
use crate::toolset::ToolError;
use crate::toolsets::langsmith::prompts::prompt_template::Language;

/// A stored message.
struct Stored {
    /// How it is shown, in the one form that equal JSON has.
    shown: String,
    /// What it says, if that can be written.
    message: Option<Message>,
    written: Written,
}

impl Stored {
    fn read(manifest: &Value) -> Option<Self> {
        let shown = shown(manifest)?;
        let raw: Box<RawValue> = RawValue::from_string(shown.json.clone()).ok()?;
        Some(Self {
            message: Message::read(&raw, 0, Language::FString).ok(),
            shown: canonical(&raw),
            written: Written::of(manifest, shown),
        })
    }

    fn is(&self, message: &Result<Message, ToolError>, canonical: &str) -> bool {
        let is_same = |message: &Message| self.message.as_ref() == Some(message);
        self.shown == canonical || message.as_ref().is_ok_and(is_same)
    }
}

/// The chat prompt.
pub(super) fn chat(given: &Chat, base: Base<'_>) -> Result<Value, ToolError> {
    let prompt = base.prompt(Kind::Chat);
    let listed = prompt.and_then(kwargs).and_then(|kwargs| kwargs.get("messages")).and_then(Value::as_array);
    let stored: Vec<Option<Stored>> = listed.into_iter().flatten().map(Stored::read).collect();
    let language = Meant::of(given.language, listed.map(Vec::as_slice).unwrap_or_default());
    let messages: Vec<Written> = given
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

/// The stored message that is shown like an entry, first of the one at the same place. `message` is what the entry says, or
/// why that cannot be written.
fn find<'s>(
    stored: &'s [Option<Stored>],
    raw: &RawValue,
    index: usize,
    message: &Result<Message, ToolError>,
) -> Option<&'s Stored> {
    let canonical = canonical(raw);
    let same_place = stored.get(index).into_iter();
    same_place.chain(stored).flatten().find(|stored| stored.is(message, &canonical))
}
