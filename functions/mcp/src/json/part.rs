//! A free-form part of an item, which may be replaced by a preview of itself.

use crate::json::copy::{copy, copy_all_levels};
use crate::json::sink::{Sink, Size};
use crate::json::text::{Content, is_uuid, kept, put_suffix, put_text};

/// The approximate size of a preview's own text; smaller parts are shown whole.
const OVERHEAD: usize = 48;

/// The kind of the part, with as much of its content as a preview needs.
#[derive(Debug)]
pub(crate) enum Part {
    /// An object, as compact JSON.
    Object(Head),
    /// An array, as compact JSON.
    Array(Head),
    /// An array of ids, which are useless when cut.
    Ids(Vec<String>),
    /// A string: the JSON of its first characters, and its length in characters.
    Text(String, usize),
    /// A number, a boolean or null.
    Other(String),
}

impl Part {
    /// Reads as much as a preview of `length` characters needs.
    pub(crate) fn read(json: &str, cut: Option<usize>, length: usize) -> Self {
        let nested = || {
            let mut head = Head::new(length.max(OVERHEAD));
            copy_all_levels(json, cut, &mut head);
            head
        };
        match json.as_bytes().first() {
            Some(b'{') => Self::Object(nested()),
            Some(b'[') => ids(json).map_or_else(|| Self::Array(nested()), Self::Ids),
            Some(b'"') => {
                let (content, _) = Content::read(json.get(1..).unwrap_or_default());
                let mut head = String::new();
                let limit = cut.map_or(length, |cut| cut.min(length));
                content.put_head(kept(content.total(), limit), &mut head);
                Self::Text(head, content.total())
            }
            _ => Self::Other(json.to_owned()),
        }
    }

    /// Writes the part as it is or, if it is larger, as a preview of `length` characters with the same JSON type.
    pub(crate) fn put(&self, length: usize, sink: &mut impl Sink) {
        match self {
            Self::Object(head) => head.put(("{", "}"), length, sink),
            Self::Array(head) => head.put(("[", "]"), length, sink),
            Self::Ids(ids) => put_ids(ids, length, sink),
            Self::Text(head, total) => put_string(head, *total, length, sink),
            Self::Other(json) => copy(json, None, sink),
        }
    }

    /// How many characters [`put`](Self::put) writes.
    pub(crate) fn size(&self, length: usize) -> usize {
        Size::of(|size| self.put(length, size))
    }
}

/// The entries of a list of nothing but ids.
fn ids(json: &str) -> Option<Vec<String>> {
    let ids: Vec<String> = serde_json::from_str(json).ok()?;
    (!ids.is_empty() && ids.iter().all(|id| is_uuid(id))).then_some(ids)
}

/// The size of an id in a list: its characters, quotes and a separator.
const ID: usize = 36 + 2 + 2;

/// Writes as many whole ids as fit `length` characters, and the number of those left out.
fn put_ids(ids: &[String], length: usize, sink: &mut impl Sink) {
    let room = length.max(OVERHEAD) / ID;
    let shown = if ids.len() <= room { ids.len() } else { length / ID };
    sink.ascii("[");
    for (index, id) in ids.iter().take(shown).enumerate() {
        if index > 0 {
            sink.separator(",");
        }
        sink.ascii("\"");
        sink.ascii(id);
        sink.ascii("\"");
    }
    if shown < ids.len() {
        if shown > 0 {
            sink.separator(",");
        }
        sink.ascii("\"");
        put_suffix((ids.len() - shown) * ID, sink);
        sink.ascii("\"");
    }
    sink.ascii("]");
}

/// Writes `head`, the beginning of a text of `total` characters.
fn put_string(head: &str, total: usize, length: usize, sink: &mut impl Sink) {
    let (content, _) = Content::read(head);
    let kept = kept(total, length).min(content.total());
    sink.ascii("\"");
    content.put_head(kept, sink);
    if kept < total {
        put_suffix(total - kept, sink);
    }
    sink.ascii("\"");
}

/// Keeps the first characters and counts all of them.
#[derive(Debug)]
pub(crate) struct Head {
    text: String,
    total: usize,
    most: usize,
}

impl Head {
    fn new(most: usize) -> Self {
        Self { text: String::new(), total: 0, most }
    }

    fn put(&self, (open, close): (&'static str, &'static str), length: usize, sink: &mut impl Sink) {
        if self.total <= length.max(OVERHEAD) {
            return copy(&self.text, None, sink);
        }
        sink.ascii(open);
        if open == "{" {
            sink.ascii("\"_truncated_preview\"");
            sink.separator(":");
        }
        sink.ascii("\"");
        let kept = self.text.char_indices().nth(length).map_or(self.text.len(), |(at, _)| at);
        put_text(self.text.get(..kept).unwrap_or_default(), sink);
        put_suffix(self.total - length, sink);
        sink.ascii("\"");
        sink.ascii(close);
    }
}

impl Sink for Head {
    fn put(&mut self, text: &str, size: usize) {
        let room = self.most.saturating_sub(self.total);
        self.total += size;
        if room >= size {
            self.text.push_str(text);
        } else if room > 0 {
            let end = text.char_indices().nth(room).map_or(text.len(), |(at, _)| at);
            self.text.push_str(text.get(..end).unwrap_or_default());
        }
    }

    fn structure(&mut self, text: &str, _: usize) {
        self.put(text, text.len());
    }

    fn content(&mut self, content: &Content<'_>, cut: Option<usize>) {
        if self.total < self.most {
            content.put(cut, self);
        } else {
            self.total += content.size(cut);
        }
    }
}
