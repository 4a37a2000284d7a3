//! Pages of limited size, so that one answer never floods a model's context.
//!
//! Items fill a page in order; a new page starts when the next item would exceed the budget. Sizes are counted once and
//! one way: characters of the item as it is sent (see [`sink`]). An item larger than the budget has a page of its own and
//! is shortened until it fits, first by cutting its strings, then by turning its large parts into previews. Nothing is
//! ever left out.

mod bounded;
mod copy;
mod depth;
mod escape;
mod mark;
mod part;
mod shorten;
mod sink;
mod text;

use std::fmt::{self, Write as _};
use std::ops::Range;

pub(crate) use bounded::{Total, alone, list_members, list_with, object};
pub(crate) use copy::copy;
pub(crate) use depth::{MAX_DEPTH, after_string, is_deep};
pub(crate) use mark::refuse_marked;
pub(crate) use shorten::Limits;
pub(crate) use sink::Sink;

use self::shorten::write_fitting;
use self::sink::Size;

/// The largest budget that a caller may ask for, in characters.
const MAX_BUDGET: u16 = 30_000;

/// What a page that had to shorten an item says.
const TRUNCATED: &str = ",\"_truncated\":true,\"_truncated_message\":\"One item exceeds the character budget; its long \
values are shortened. Raise max_chars_per_page or narrow the query to see more.\"}";

/// Something that can be listed.
pub(crate) trait Item {
    /// Writes the item as JSON, observing `limits`.
    fn write(&self, limits: Limits, sink: &mut impl Sink);
}

/// Which page of what size, as the caller asked for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PageRequest {
    /// From 1. A page that does not exist is empty.
    pub(crate) number: i64,
    /// Budget in characters, at most 30000.
    pub(crate) max_chars: i64,
    /// Longest string value in characters; 0 for any length.
    pub(crate) preview: i64,
}

impl PageRequest {
    /// The budget that is used and echoed.
    fn used(&self) -> i64 {
        self.max_chars.min(i64::from(MAX_BUDGET))
    }

    fn budget(&self) -> usize {
        usize::try_from(self.used()).unwrap_or(0)
    }

    fn limits(&self) -> Limits {
        Limits { cut: usize::try_from(self.preview).ok().filter(|cut| *cut > 0), part: None }
    }
}

/// The asked page of `items` with its envelope, as one JSON object whose list is called `key`.
pub(crate) fn page<I: Item>(key: &str, items: &[I], request: &PageRequest) -> String {
    page_and_next(key, items, request, |_| None)
}

/// The same with `next_cursor`, which `next` makes from the number of items that lie on this page and before it: text
/// without a character that JSON escapes.
pub(crate) fn page_and_next<I: Item>(
    key: &str,
    items: &[I],
    request: &PageRequest,
    next: impl FnOnce(usize) -> Option<String>,
) -> String {
    let (budget, limits) = (request.budget(), request.limits());
    let sizes: Vec<usize> = items.iter().map(|item| size(item, limits, budget)).collect();
    let pages = split(&sizes, budget);
    let wanted = usize::try_from(request.number).ok().and_then(|number| number.checked_sub(1));
    let range = wanted.and_then(|index| pages.get(index)).cloned().unwrap_or(items.len()..items.len());
    let total: usize = sizes.get(range.clone()).into_iter().flatten().sum();
    let mut text = String::with_capacity(total.min(2 * usize::from(MAX_BUDGET)) + 256);
    let mut shortened = false;
    let _ = write!(text, "{{\"{key}\":[");
    for index in range.clone() {
        let (Some(item), Some(size)) = (items.get(index), sizes.get(index)) else { continue };
        if index > range.start {
            text.push(',');
        }
        shortened |= *size > budget;
        if *size > budget {
            write_fitting(item, limits, budget, &mut text);
        } else {
            item.write(limits, &mut text);
        }
    }
    let (number, max_chars, preview) = (request.number, request.used(), request.preview);
    let _ = write!(
        text,
        "],\"page_number\":{number},\"total_pages\":{},\"max_chars_per_page\":{max_chars},\"preview_chars\":{preview}",
        pages.len()
    );
    if let Some(next) = Some(range.end).filter(|_| number > 0).and_then(next) {
        let _ = write!(text, ",\"next_cursor\":\"{next}\"");
    }
    text.push_str(if shortened { TRUNCATED } else { "}" });
    text
}

/// Adds members, written as JSON, behind those of an answer.
pub(crate) fn add_members(answer: &mut String, members: fmt::Arguments<'_>) {
    if answer.pop() == Some('}') {
        let _ = write!(answer, ",{members}}}");
    }
}

/// How many characters an item takes, or some number beyond `budget` when it takes more.
fn size(item: &impl Item, limits: Limits, budget: usize) -> usize {
    let mut size = Size::up_to(budget);
    item.write(limits, &mut size);
    size.count
}

/// Consecutive ranges of items, each within the budget or of one item.
fn split(sizes: &[usize], budget: usize) -> Vec<Range<usize>> {
    let mut pages = Vec::new();
    let (mut start, mut used) = (0, 0);
    for (index, size) in sizes.iter().enumerate() {
        if index > start && used + size > budget {
            pages.push(start..index);
            (start, used) = (index, 0);
        }
        used += size;
    }
    if start < sizes.len() {
        pages.push(start..sizes.len());
    }
    pages
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
