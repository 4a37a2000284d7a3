//! Where JSON goes: into a text, or only into a sum. Both are fed by the same code, so the size that a page was planned
//! with is the size that it has.

use shared::langsmith::{PLAIN_LEVELS, Received};

use super::copy::copy_to_max_depth;
use super::depth::MAX_DEPTH;
use super::text::Content;
use crate::json::measure::measure;
use crate::json::part::Part;

/// A plain value is copied as it is, so it must not have levels that a copy turns into text.
const _: () = assert!(PLAIN_LEVELS < MAX_DEPTH);

/// Receives compact JSON piece by piece.
pub(crate) trait Sink: Sized {
    /// A piece of output that counts `size` characters.
    fn put(&mut self, text: &str, size: usize);

    /// A piece of ASCII output in which every byte counts as one character.
    fn ascii(&mut self, text: &str) {
        self.put(text, text.len());
    }

    /// A piece of ASCII output with so many commas and colons between values. These count as two characters: the budget
    /// is measured in the spaced style that the older server measured it in, although we send no spaces.
    fn structure(&mut self, text: &str, separators: usize) {
        self.put(text, text.len() + separators);
    }

    /// A comma or colon.
    fn separator(&mut self, text: &'static str) {
        self.structure(text, 1);
    }

    /// The name of a member, and what stands between it and its neighbours. It needs no escapes.
    fn name(&mut self, name: &str, is_first: bool) {
        if !is_first {
            self.separator(",");
        }
        self.ascii("\"");
        self.ascii(name);
        self.ascii("\"");
        self.separator(":");
    }

    /// The content of a string, of which `cut` characters are wanted at most.
    fn content(&mut self, content: &Content<'_>, cut: Option<usize>) {
        content.put(cut, self);
    }

    /// The content of a string that is a value and no key.
    fn value(&mut self, content: &Content<'_>, cut: Option<usize>) {
        self.content(content, cut);
    }

    /// A copy of checked JSON in which string values have at most `cut` characters.
    fn json(&mut self, json: &str, cut: Option<usize>) {
        copy_to_max_depth(json, cut, self);
    }

    /// The same of a value as it was received.
    fn received(&mut self, value: Received<'_>, cut: Option<usize>) {
        self.json(value.get(), cut);
    }

    /// The same for sinks to which all pieces mean the same: a plain value is one piece.
    fn received_whole(&mut self, value: Received<'_>, cut: Option<usize>) {
        match value.separators_if_plain(cut) {
            Some(separators) => self.structure(value.get(), separators),
            None => self.json(value.get(), cut),
        }
    }

    /// A free-form part, to be shown as a preview of `length` characters if it is larger.
    fn part(&mut self, json: &str, cut: Option<usize>, length: usize) {
        Part::read(json, cut, length).put(length, self);
    }

    /// Whether the rest does not matter.
    fn is_full(&self) -> bool {
        false
    }
}

/// Counts characters, as far as it takes to see that they exceed a limit.
#[derive(Debug)]
pub(crate) struct Size {
    pub(crate) count: usize,
    limit: usize,
}

impl Size {
    /// Counts up to somewhere beyond `limit`.
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
    /// The same sum, without going from piece to piece.
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

/// Writes what [`Size`] counts, as far as it takes to see that it exceeds a limit.
#[derive(Debug)]
pub(crate) struct Counted<'t> {
    text: &'t mut String,
    size: Size,
}

impl<'t> Counted<'t> {
    /// Writes to the end of `text` and counts up to somewhere beyond `limit`.
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
        self.text.push_str(text);
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
