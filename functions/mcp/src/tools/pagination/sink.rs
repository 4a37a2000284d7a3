//! Where JSON goes: into a text, or only into a sum. Both are fed by the same code, so the size that a page was planned
//! with is the size that it has.

/// Receives compact JSON piece by piece.
pub(crate) trait Sink {
    /// A piece of output that counts `size` characters.
    fn put(&mut self, text: &str, size: usize);

    /// A piece of ASCII output in which every byte counts as one character.
    fn ascii(&mut self, text: &str) {
        self.put(text, text.len());
    }

    /// A comma or colon. Both count as two characters: the budget is measured in the spaced style that the older server
    /// measured it in, although we send no spaces.
    fn separator(&mut self, text: &'static str) {
        self.put(text, 2);
    }
}

/// Only counts characters.
#[derive(Debug, Default)]
pub(crate) struct Size(pub(crate) usize);

impl Sink for Size {
    fn put(&mut self, _: &str, size: usize) {
        self.0 += size;
    }
}

impl Sink for String {
    fn put(&mut self, text: &str, _: usize) {
        self.push_str(text);
    }
}
