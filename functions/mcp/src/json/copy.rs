//! Copies JSON that has already been checked, without parsing it again: white space and unnecessary escapes are
//! dropped, string values longer than a limit are cut, and values nested too deeply become strings. Works on the bytes
//! of one slice, in one pass and without recursion.

use super::depth::{MAX_DEPTH, after_string};
use super::sink::Sink;
use super::text::{Content, put_text};

/// Copies the JSON value `json`. String values longer than `cut` characters keep that many and tell how many were
/// removed; keys and ids are never cut. Arrays and objects below [`MAX_DEPTH`] levels become strings.
pub(crate) fn copy(json: &str, cut: Option<usize>, sink: &mut impl Sink) {
    sink.json(json, cut);
}

/// Like `copy`, piece by piece.
pub(crate) fn copy_to_max_depth(json: &str, cut: Option<usize>, sink: &mut impl Sink) {
    copy_levels(json, cut, MAX_DEPTH, sink);
}

/// Like `copy`, at any depth, for text that no reader parses as JSON.
pub(crate) fn copy_all_levels(json: &str, cut: Option<usize>, sink: &mut impl Sink) {
    copy_levels(json, cut, usize::MAX, sink);
}

fn copy_levels(json: &str, cut: Option<usize>, levels: usize, sink: &mut impl Sink) {
    let (mut run, mut depth, mut in_ids) = (Run::default(), 0_usize, false);
    while let Some(byte) = json.as_bytes().get(run.end) {
        let tail = match byte {
            b'"' => string(run.put(json, sink), cut, &mut in_ids, sink),
            b'{' | b'[' if depth == levels => deep(run.put(json, sink), cut, sink),
            b' ' | b'\n' | b'\r' | b'\t' => behind(run.put(json, sink)),
            _ if run.end - run.start >= LONGEST_RUN => run.put(json, sink),
            other => {
                match other {
                    b',' | b':' => run.separators += 1,
                    b'{' | b'[' => depth += 1,
                    b'}' | b']' => depth = depth.saturating_sub(1),
                    _ => {}
                }
                run.end += 1;
                continue;
            }
        };
        if sink.is_full() {
            return;
        }
        run = Run::from(json.len() - tail.len());
    }
    run.put(json, sink);
}

/// The maximum size of one copy, in bytes: a full sink is noticed in between.
const LONGEST_RUN: usize = 4096;

/// A run of source text between strings, which is copied unchanged.
#[derive(Default)]
struct Run {
    start: usize,
    end: usize,
    separators: usize,
}

impl Run {
    fn from(start: usize) -> Self {
        Self { start, end: start, separators: 0 }
    }

    /// Writes the run and returns the rest of `json` behind it.
    fn put<'j>(&self, json: &'j str, sink: &mut impl Sink) -> &'j str {
        if let Some(run) = json.get(self.start..self.end).filter(|run| !run.is_empty()) {
            sink.structure(run, self.separators);
        }
        json.get(self.end..).unwrap_or_default()
    }
}

/// The rest behind the first byte, which is ASCII.
fn behind(tail: &str) -> &str {
    tail.get(1..).unwrap_or_default()
}

/// Copies the string at the start of `tail` and returns the rest. `in_ids` says whether the last key was one for ids.
fn string<'j>(tail: &'j str, cut: Option<usize>, in_ids: &mut bool, sink: &mut impl Sink) -> &'j str {
    let (content, after) = Content::read(behind(tail));
    sink.ascii("\"");
    if is_name(after) {
        *in_ids = content.names_ids();
        sink.content(&content, None);
    } else {
        sink.value(&content, cut.filter(|_| !content.is_id(*in_ids)));
    }
    sink.ascii("\"");
    after
}

/// Whether a string is the name of a member, judged by the text after it.
pub(crate) fn is_name(after: &str) -> bool {
    after.bytes().find(|byte| !byte.is_ascii_whitespace()) == Some(b':')
}

/// Writes the array or object at the start of `tail` as a string and returns the rest.
pub(crate) fn deep<'j>(tail: &'j str, cut: Option<usize>, sink: &mut impl Sink) -> &'j str {
    let (value, after) = tail.split_at_checked(end_of(tail)).unwrap_or((tail, ""));
    let mut text = String::new();
    put_text(value, &mut text);
    sink.ascii("\"");
    sink.value(&Content::read(&text).0, cut);
    sink.ascii("\"");
    after
}

/// The end of the array or object at the start of `value`.
fn end_of(value: &str) -> usize {
    let (mut rest, mut depth) = (value.as_bytes(), 0_usize);
    while let Some((byte, tail)) = rest.split_first() {
        rest = tail;
        match byte {
            b'"' => rest = after_string(tail),
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth <= 1 => break,
            b'}' | b']' => depth -= 1,
            _ => {}
        }
    }
    value.len() - rest.len()
}

#[cfg(test)]
#[path = "copy_tests.rs"]
mod tests;
