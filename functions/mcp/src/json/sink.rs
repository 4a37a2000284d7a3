//! Receivers of JSON: one writes it to a text, one only counts it. The same code feeds both, so the actual size of a
//! page is the planned size.

use langsmith::{PLAIN_LEVELS, Received};

use super::copy::copy_to_max_depth;
use super::depth::MAX_DEPTH;
use super::text::Content;
use crate::json::measure::measure;
use crate::json::part::Part;

/// A plain value is copied verbatim, so it must not have levels that a copy would turn into text.
const _: () = assert!(PLAIN_LEVELS < MAX_DEPTH);

/// Receives compact JSON piece by piece.
pub(crate) trait Sink: Sized {
    /// A piece of output that counts `size` characters.
    fn put(&mut self, text: &str, size: usize);

    /// A piece of ASCII output in which every byte counts as one character.
    fn ascii(&mut self, text: &str) {
        self.put(text, text.len());
    }

    /// A piece of ASCII output with the given number of commas and colons between values. Each counts as two
    /// characters: the budget is measured in the spaced style of the older server, although the output has no spaces.
    fn structure(&mut self, text: &str, separators: usize) {
        self.put(text, text.len() + separators);
    }

    /// A comma or colon.
    fn separator(&mut self, text: &'static str) {
        self.structure(text, 1);
    }

    /// The name of a member, which needs no escaping, with its punctuation.
    fn name(&mut self, name: &str, is_first: bool) {
        if !is_first {
            self.separator(",");
        }
        self.ascii("\"");
        self.ascii(name);
        self.ascii("\"");
        self.separator(":");
    }

    /// The content of a string, up to `cut` characters.
    fn content(&mut self, content: &Content<'_>, cut: Option<usize>) {
        content.put(cut, self);
    }

    /// The content of a string that is a value, not a key.
    fn value(&mut self, content: &Content<'_>, cut: Option<usize>) {
        self.content(content, cut);
    }

    /// A copy of validated JSON with string values of at most `cut` characters.
    fn json(&mut self, json: &str, cut: Option<usize>) {
        copy_to_max_depth(json, cut, self);
    }

    /// The same for a value as it was received.
    fn received(&mut self, value: Received<'_>, cut: Option<usize>) {
        self.json(value.get(), cut);
    }

    /// The same, for sinks that need no access to the single strings in a value: a plain value is one piece.
    fn received_whole(&mut self, value: Received<'_>, cut: Option<usize>) {
        match value.separators_if_plain(cut) {
            Some(separators) => self.structure(value.get(), separators),
            None => self.json(value.get(), cut),
        }
    }

    /// A free-form part, as a preview of `length` characters if it is larger.
    fn part(&mut self, json: &str, cut: Option<usize>, length: usize) {
        Part::read(json, cut, length).put(length, self);
    }

    /// Whether further output is irrelevant.
    fn is_full(&self) -> bool {
        false
    }
}

/// Counts characters until they exceed a limit.
#[derive(Debug)]
pub(crate) struct Size {
    pub(crate) count: usize,
    limit: usize,
}

impl Size {
    /// Counts until somewhere beyond `limit`.
    pub(crate) fn up_to(limit: usize) -> Self {
        Self { count: 0, limit }
    }

    /// How many characters `write` writes.
    pub(crate) fn of(write: impl FnOnce(&mut Self)) -> usize {
        let mut size = Self::up_to(usize::MAX);
        write(&mut size);
        size.count
    }
}

impl Sink for Size {
    /// The same count, without the individual pieces.
    fn json(&mut self, json: &str, cut: Option<usize>) {
        measure(json, cut, self);
    }

    fn received(&mut self, value: Received<'_>, cut: Option<usize>) {
        self.received_whole(value, cut);
    }

    fn put(&mut self, _: &str, size: usize) {
        self.count += size;
    }

    fn name(&mut self, name: &str, is_first: bool) {
        self.count += name.len() + if is_first { 4 } else { 6 };
    }

    fn content(&mut self, content: &Content<'_>, cut: Option<usize>) {
        self.count += content.size(cut);
    }

    fn is_full(&self) -> bool {
        self.count > self.limit
    }
}

/// Writes what [`Size`] counts, until it exceeds a limit.
#[derive(Debug)]
pub(crate) struct Counted<'t> {
    text: &'t mut String,
    size: Size,
}

impl<'t> Counted<'t> {
    /// Appends to `text` and counts until somewhere beyond `limit`.
    pub(crate) fn up_to(limit: usize, text: &'t mut String) -> Self {
        Self { text, size: Size::up_to(limit) }
    }

    pub(crate) fn count(&self) -> usize {
        self.size.count
    }
}

impl Sink for Counted<'_> {
    fn received(&mut self, value: Received<'_>, cut: Option<usize>) {
        self.received_whole(value, cut);
    }

    fn put(&mut self, text: &str, size: usize) {
        self.size.put(text, size);
        if !self.is_full() {
            self.text.push_str(text);
        }
    }

    fn content(&mut self, content: &Content<'_>, cut: Option<usize>) {
        self.size.content(content, cut);
        if !self.is_full() {
            content.put(cut, self.text);
        }
    }

    fn is_full(&self) -> bool {
        self.size.is_full()
    }
}

impl Sink for String {
    fn received(&mut self, value: Received<'_>, cut: Option<usize>) {
        self.received_whole(value, cut);
    }

    fn put(&mut self, text: &str, _: usize) {
        self.push_str(text);
    }
}
