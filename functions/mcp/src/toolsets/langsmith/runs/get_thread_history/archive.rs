//! Keeps each message of a thread once, however often the thread repeats it, so that its pages can be dropped.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::conversation::Message;
use super::identity::Identity;

/// The distinct messages so far.
#[derive(Debug, Default)]
pub(super) struct Archive {
    known: BTreeMap<Arc<str>, Message>,
    texts: Vec<Arc<str>>,
    size: usize,
}

impl Archive {
    /// Keeps a message, identified by its exact JSON.
    pub(super) fn keep(&mut self, json: &str) -> Message {
        self.size += size_of::<Message>();
        if let Some(message) = self.known.get(json) {
            return *message;
        }
        let message = Message { number: self.texts.len(), identity: Identity::of(json) };
        let text: Arc<str> = json.into();
        self.size += json.len();
        self.texts.push(Arc::clone(&text));
        self.known.insert(text, message);
        message
    }

    /// The JSON of a kept message.
    pub(super) fn text(&self, message: &Message) -> Arc<str> {
        self.texts.get(message.number).map_or_else(|| "null".into(), Arc::clone)
    }

    /// The approximate number of bytes held, counting each mention of a message.
    pub(super) fn size(&self) -> usize {
        self.size
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repeated_message_is_held_once() {
        let mut archive = Archive::default();
        let first = archive.keep(&format!("\"{}\"", "x".repeat(1000)));
        let size = archive.size();
        let again = archive.keep(&format!("\"{}\"", "x".repeat(1000)));
        let other = archive.keep("{}");
        assert_eq!((first, archive.size() - size < 100), (again, true));
        assert_eq!((archive.text(&first).len(), &*archive.text(&other)), (1002, "{}"));
    }
}
