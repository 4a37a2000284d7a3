//! The messages of a chat prompt on top of those that are stored. One that is given as it is shown stays as it is
//! stored, whatever it has that no message of ours has.

use serde_json::Value;
use serde_json::value::RawValue;

use super::given::Base;
use super::manifest;
use super::message::{Entry, Message, Written, shown};
use super::stored::{Kind, kwargs};
use crate::tools::ToolError;
use crate::tools::canonical_json::canonical;
use crate::tools::prompt_template::Language;

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

    fn is(&self, entry: &Entry, canonical: &str) -> bool {
        let is_same = |message: &Message| self.message.as_ref() == Some(message);
        self.shown == canonical || entry.message.as_ref().is_ok_and(is_same)
    }
}

/// The chat prompt.
pub(super) fn chat(entries: &[Entry], base: Base<'_>) -> Result<Value, ToolError> {
    let prompt = base.prompt(Kind::Chat);
    let listed = prompt.and_then(kwargs).and_then(|kwargs| kwargs.get("messages")).and_then(Value::as_array);
    let stored: Vec<Option<Stored>> = listed.into_iter().flatten().map(Stored::read).collect();
    let messages: Vec<Written> = entries
        .iter()
        .enumerate()
        .map(|(index, entry)| write(entry, index, &stored))
        .collect::<Result<_, _>>()?;
    let prompt = prompt.filter(|_| base.is_kept);
    let is_unchanged = listed.is_some_and(|listed| listed.iter().eq(messages.iter().map(|it| &it.manifest)));
    if let Some(prompt) = prompt.filter(|_| is_unchanged) {
        return Ok(prompt.clone());
    }
    let before = stored.into_iter().flatten().filter_map(|stored| stored.written.optional).collect();
    Ok(manifest::chat(messages, prompt, &before))
}

/// LangChain's form of an entry: that of the stored message which is shown like it, first of the one at the same place.
fn write(entry: &Entry, index: usize, stored: &[Option<Stored>]) -> Result<Written, ToolError> {
    let canonical = canonical(&entry.raw);
    let same_place = stored.get(index).into_iter();
    let mut known = same_place.chain(stored).flatten().filter(|stored| stored.is(entry, &canonical));
    match (known.next(), &entry.message) {
        (Some(stored), _) => Ok(stored.written.clone()),
        (None, Ok(message)) => Ok(message.write()),
        (None, Err(error)) => Err(error.clone()),
    }
}
