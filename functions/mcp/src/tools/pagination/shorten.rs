//! Makes one oversized item fit: the mildest measure that suffices is taken, found by bisection.

use super::copy::{put_suffix, put_text};
use super::{Item, Sink, copy, size};

/// How much of an item is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limits {
    /// The longest string value, in characters.
    pub(crate) cut: Option<usize>,
    /// The largest free-form part that is shown as it is, in characters; a larger one becomes a preview of that length.
    pub(crate) part: Option<usize>,
}

/// The mildest limits below `limits` under which `item`, now of `current` characters, fits `budget`. When nothing
/// suffices because the fixed members alone exceed the budget, the strictest ones.
pub(super) fn fitting(item: &impl Item, limits: Limits, current: usize, budget: usize) -> Limits {
    let longest = limits.cut.unwrap_or(current);
    let cut = |length| Limits { cut: Some(length), part: None };
    largest(longest, |length| size(item, cut(length)) <= budget).map_or_else(
        || {
            let part = |length| Limits { cut: limits.cut, part: Some(length) };
            part(largest(budget, |length| size(item, part(length)) <= budget).unwrap_or(0))
        },
        cut,
    )
}

/// The largest length up to `upper` that fits, as far as bisection finds it; `None` when not even 0 does.
fn largest(upper: usize, fits: impl Fn(usize) -> bool) -> Option<usize> {
    if !fits(0) {
        return None;
    }
    let (mut good, mut bad) = (0, upper + 1);
    while bad - good > 1 {
        let middle = good + (bad - good) / 2;
        if fits(middle) { good = middle } else { bad = middle }
    }
    Some(good)
}

impl Limits {
    /// Writes a free-form part of an item: as it is, or as a preview of the same JSON type if it is too large.
    pub(crate) fn write_part(self, json: &str, sink: &mut impl Sink) {
        let Some(length) = self.part else { return copy(json, self.cut, sink) };
        let (open, close) = match json.as_bytes().first() {
            Some(b'{') => ("{", "}"),
            Some(b'[') => ("[", "]"),
            _ => return copy(json, Some(self.cut.map_or(length, |cut| cut.min(length))), sink),
        };
        let mut text = String::new();
        copy(json, self.cut, &mut text);
        let total = text.chars().count();
        if total <= length.max(PREVIEW_OVERHEAD) {
            return copy(&text, None, sink);
        }
        sink.ascii(open);
        if open == "{" {
            sink.ascii("\"_truncated_preview\"");
            sink.separator(":");
        }
        let kept = text.char_indices().nth(length).map_or(text.len(), |(at, _)| at);
        sink.ascii("\"");
        put_text(text.get(..kept).unwrap_or_default(), sink);
        put_suffix(total - length, sink);
        sink.ascii("\"");
        sink.ascii(close);
    }
}

/// A preview costs about this much itself; smaller parts are shown whole.
const PREVIEW_OVERHEAD: usize = 48;
