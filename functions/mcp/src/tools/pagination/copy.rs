//! Copies JSON that has already been checked, without parsing it again: whitespace goes, escapes that are not needed go,
//! and string values longer than a limit are cut. Works on the bytes of one slice, in one pass.

use memchr::memchr2;

use super::sink::Sink;

/// Copies the JSON value `json`. String values longer than `cut` characters keep that many and say how many went; keys
/// are left alone.
pub(crate) fn copy(json: &str, cut: Option<usize>, sink: &mut impl Sink) {
    let mut rest = json;
    while let Some(next) = rest.bytes().position(is_special) {
        let (plain, tail) = rest.split_at(next);
        sink.ascii(plain);
        rest = match tail.as_bytes().first() {
            Some(b'"') => copy_string(tail, cut, sink),
            Some(b',') => separate(",", tail, sink),
            Some(b':') => separate(":", tail, sink),
            _ => tail.get(1..).unwrap_or_default(),
        };
    }
    sink.ascii(rest);
}

fn is_special(byte: u8) -> bool {
    matches!(byte, b'"' | b',' | b':' | b' ' | b'\n' | b'\r' | b'\t')
}

fn separate<'j>(text: &'static str, tail: &'j str, sink: &mut impl Sink) -> &'j str {
    sink.separator(text);
    tail.get(1..).unwrap_or_default()
}

/// Copies the string that `tail` starts with; what follows it.
fn copy_string<'j>(tail: &'j str, cut: Option<usize>, sink: &mut impl Sink) -> &'j str {
    let inner = tail.get(1..).unwrap_or_default();
    let end = closing_quote(inner);
    let (content, after) = (inner.get(..end).unwrap_or_default(), inner.get(end + 1..).unwrap_or_default());
    let is_key = after.trim_ascii_start().starts_with(':');
    sink.ascii("\"");
    put_content(content, cut.filter(|_| !is_key), sink);
    sink.ascii("\"");
    after
}

/// The offset of the quote that ends the string.
fn closing_quote(inner: &str) -> usize {
    let bytes = inner.as_bytes();
    let mut from = 0;
    while let Some(found) = bytes.get(from..).and_then(|rest| memchr2(b'"', b'\\', rest)) {
        let at = from + found;
        if bytes.get(at) == Some(&b'"') {
            return at;
        }
        from = at + 2;
    }
    inner.len()
}

fn put_content(content: &str, cut: Option<usize>, sink: &mut impl Sink) {
    if content.contains('\\') {
        return put_escaped(content, cut, sink);
    }
    let total = if content.is_ascii() { content.len() } else { content.chars().count() };
    match cut.filter(|limit| total > *limit) {
        None => sink.put(content, total),
        Some(limit) => {
            let end = content.char_indices().nth(limit).map_or(content.len(), |(at, _)| at);
            sink.put(content.get(..end).unwrap_or_default(), limit);
            put_suffix(total - limit, sink);
        }
    }
}

fn put_escaped(content: &str, cut: Option<usize>, sink: &mut impl Sink) {
    let total = Decoded(content).count();
    let kept = cut.filter(|limit| total > *limit).unwrap_or(total);
    for character in Decoded(content).take(kept) {
        put_char(character, sink);
    }
    if kept < total {
        put_suffix(total - kept, sink);
    }
}

/// Says how many characters were cut off.
pub(super) fn put_suffix(removed: usize, sink: &mut impl Sink) {
    sink.put("… (+", 4);
    sink.ascii(&removed.to_string());
    sink.ascii(" chars)");
}

/// Writes text as the content of a JSON string.
pub(super) fn put_text(text: &str, sink: &mut impl Sink) {
    text.chars().for_each(|character| put_char(character, sink));
}

fn put_char(character: char, sink: &mut impl Sink) {
    match character {
        '"' => sink.ascii("\\\""),
        '\\' => sink.ascii("\\\\"),
        '\n' => sink.ascii("\\n"),
        '\r' => sink.ascii("\\r"),
        '\t' => sink.ascii("\\t"),
        '\u{8}' => sink.ascii("\\b"),
        '\u{c}' => sink.ascii("\\f"),
        control if u32::from(control) < 0x20 => sink.ascii(&format!("\\u{:04x}", u32::from(control))),
        plain => sink.put(plain.encode_utf8(&mut [0; 4]), 1),
    }
}

/// The characters of a JSON string's content. A surrogate pair is one character; half of one becomes U+FFFD, because no
/// strict reader would accept it.
struct Decoded<'j>(&'j str);

impl Iterator for Decoded<'_> {
    type Item = char;

    fn next(&mut self) -> Option<char> {
        let mut rest = self.0.chars();
        let first = rest.next()?;
        let character = if first == '\\' { unescape(&mut rest) } else { first };
        self.0 = rest.as_str();
        Some(character)
    }
}

fn unescape(rest: &mut std::str::Chars<'_>) -> char {
    match rest.next() {
        Some('n') => '\n',
        Some('r') => '\r',
        Some('t') => '\t',
        Some('b') => '\u{8}',
        Some('f') => '\u{c}',
        Some('u') => unicode(rest),
        Some(other) => other,
        None => char::REPLACEMENT_CHARACTER,
    }
}

fn unicode(rest: &mut std::str::Chars<'_>) -> char {
    let unit = hex(rest);
    if !(0xD800..0xDC00).contains(&unit) {
        return char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER);
    }
    let mut ahead = rest.clone();
    if ahead.next() == Some('\\') && ahead.next() == Some('u') {
        let low = hex(&mut ahead);
        if (0xDC00..0xE000).contains(&low) {
            *rest = ahead;
            let scalar = 0x1_0000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
            return char::from_u32(scalar).unwrap_or(char::REPLACEMENT_CHARACTER);
        }
    }
    char::REPLACEMENT_CHARACTER
}

fn hex(rest: &mut std::str::Chars<'_>) -> u32 {
    rest.by_ref().take(4).fold(0, |unit, digit| unit * 16 + digit.to_digit(16).unwrap_or(0))
}

#[cfg(test)]
#[path = "copy_tests.rs"]
mod tests;
