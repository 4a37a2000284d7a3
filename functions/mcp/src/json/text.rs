//! The content of JSON strings: counted, cut and written without unnecessary escapes. Runs of plain text are handled as
//! a whole; only escapes are examined one by one.

use memchr::memchr;
use primitives::eight_bytes::quote_or_backslash;

use super::escape;
use super::sink::{Sink, Size};

/// The longest value of an id member that counts as an id, in characters. Gateways make ids of calls that hold state of
/// the model's, of several hundred characters.
pub(crate) const MAX_ID: usize = 1_024;

/// The content of a JSON string, as it is in the source.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Content<'j> {
    source: &'j str,
    /// Its length in characters, once decoded.
    total: usize,
    /// The number of characters that writing it takes.
    written_length: usize,
    escaped: bool,
}

impl<'j> Content<'j> {
    /// Reads the string whose opening quote precedes `inner`, and returns it with the rest behind its closing quote.
    pub(crate) fn read(inner: &'j str) -> (Self, &'j str) {
        let bytes = inner.as_bytes();
        let (mut saved, mut added, mut escaped) = (0, 0, false);
        let mut at = quote_or_backslash(bytes).unwrap_or(bytes.len());
        while bytes.get(at) == Some(&b'\\') {
            let rest = bytes.get(at..).unwrap_or_default();
            let (character, length) = escape::read(rest);
            saved += length - 1;
            added += escape::escape_sequence(character).map_or(0, |text| text.len() - 1);
            at += length;
            escaped = true;
            let rest = bytes.get(at..).unwrap_or_default();
            at += quote_or_backslash(rest).unwrap_or(rest.len());
        }
        let (source, after) = inner.split_at_checked(at).unwrap_or((inner, ""));
        let characters = if source.is_ascii() { source.len() } else { source.chars().count() };
        let total = characters.saturating_sub(saved);
        (Self { source, total, written_length: total + added, escaped }, after.get(1..).unwrap_or_default())
    }

    /// Its length in characters, once decoded.
    pub(crate) fn total(&self) -> usize {
        self.total
    }

    /// The number of characters that writing it takes.
    pub(crate) fn written_length(&self) -> usize {
        self.written_length
    }

    /// Whether it is the name of a member that holds ids.
    pub(crate) fn names_ids(&self) -> bool {
        matches!(
            self.source.as_bytes(),
            b"id"
                | b"ids"
                | [.., b'_', b'i', b'd']
                | [.., b'_', b'i', b'd', b's']
                | [.., b'I', b'd']
                | [.., b'I', b'd', b's']
        )
    }

    /// Whether it is an id, which is useless without its end: a UUID anywhere, or the value of an id member.
    pub(crate) fn is_id(&self, in_ids: bool) -> bool {
        is_uuid(self.source) || (in_ids && self.total <= MAX_ID)
    }

    /// Writes the content. Where it is cut after `cut` characters, the number of the others follows.
    pub(crate) fn put(&self, cut: Option<usize>, sink: &mut impl Sink) {
        let kept = self.kept(cut);
        self.put_head(kept, sink);
        if kept < self.total {
            put_suffix(self.total - kept, sink);
        }
    }

    /// How many characters [`put`](Self::put) writes.
    pub(crate) fn size(&self, cut: Option<usize>) -> usize {
        match self.kept(cut) {
            kept if kept == self.total => self.written_length,
            _ if self.escaped => Size::of(|size| self.put(cut, size)),
            kept => kept + suffix(self.total - kept),
        }
    }

    fn kept(&self, cut: Option<usize>) -> usize {
        cut.map_or(self.total, |limit| kept(self.total, limit))
    }

    /// Writes its first `most` characters.
    pub(crate) fn put_head(&self, most: usize, sink: &mut impl Sink) {
        let kept = most.min(self.total);
        if self.escaped {
            put_escaped(self.source, kept, sink);
        } else {
            sink.put(prefix(self.source, kept, self.total), kept);
        }
    }
}

/// The first `kept` of `total` characters.
fn prefix(text: &str, kept: usize, total: usize) -> &str {
    if kept == total {
        return text;
    }
    let end = text.char_indices().nth(kept).map_or(text.len(), |(at, _)| at);
    text.get(..end).unwrap_or_default()
}

fn put_escaped(source: &str, kept: usize, sink: &mut impl Sink) {
    let (mut rest, mut left) = (source, kept);
    while left > 0 && !rest.is_empty() {
        let found = memchr(b'\\', rest.as_bytes()).unwrap_or(rest.len());
        let (plain, tail) = rest.split_at(found);
        let count = plain.chars().count();
        let taken = count.min(left);
        sink.put(prefix(plain, taken, count), taken);
        left -= taken;
        rest = "";
        if left > 0 && !tail.is_empty() {
            let (character, length) = escape::read(tail.as_bytes());
            put_char(character, sink);
            left -= 1;
            rest = tail.get(length..).unwrap_or_default();
        }
    }
}

/// How many of `total` characters are kept under `limit`: all of them, unless a cut makes the text shorter.
pub(crate) fn kept(total: usize, limit: usize) -> usize {
    if limit < total && limit + suffix(total - limit) < total { limit } else { total }
}

pub(crate) fn is_uuid(text: &str) -> bool {
    let is_usual = |(at, byte): (usize, u8)| match at {
        8 | 13 | 18 | 23 => byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    };
    text.len() == 36 && text.bytes().enumerate().all(is_usual)
}

/// Writes how many characters were cut off. The function `carries_mark` of `toolset::paging` recognizes a cut text by
/// it.
pub(crate) fn put_suffix(removed: usize, sink: &mut impl Sink) {
    sink.put("… (+", 4);
    sink.ascii(&removed.to_string());
    sink.ascii(" chars)");
}

/// How many characters [`put_suffix`] writes.
pub(crate) fn suffix(removed: usize) -> usize {
    12 + removed.checked_ilog10().map_or(0, |digits| digits as usize)
}

/// Writes text as the content of a JSON string.
pub(crate) fn put_text(text: &str, sink: &mut impl Sink) {
    let mut rest = text;
    while let Some(at) = rest.bytes().position(|byte| byte < 0x20 || byte == b'"' || byte == b'\\') {
        let (plain, tail) = rest.split_at(at);
        sink.put(plain, plain.chars().count());
        let mut tail = tail.chars();
        tail.next().into_iter().for_each(|character| put_char(character, sink));
        rest = tail.as_str();
    }
    sink.put(rest, rest.chars().count());
}

fn put_char(character: char, sink: &mut impl Sink) {
    match escape::escape_sequence(character) {
        Some(escape) => sink.ascii(escape),
        None => sink.put(character.encode_utf8(&mut [0; 4]), 1),
    }
}
