//! Pages of limited size, so that one answer never floods a model's context: of items that are all here (`page`), or of
//! a list that LangSmith continues at an offset (`list_with`).
//!
//! Items fill a page in order; a new page starts when the next item would exceed the budget. Sizes are counted once and
//! one way: in characters of the item's sent form (see [`Sink`]). An item larger than the budget has a page of its own
//! and is shortened until it fits, first by cutting its strings, then by turning its large parts into previews. Nothing
//! is ever left out.

mod bounded;
mod mark;
pub(crate) mod members;
pub(crate) mod serialized;
mod shorten;

use std::fmt::{self, Write as _};

pub(crate) use bounded::{Total, alone, list_members, list_with, object};
pub(crate) use mark::refuse_marked;
pub(crate) use shorten::Limits;

use self::shorten::write_fitting;
use crate::json::sink::{Counted, Sink, Size};

/// The maximum budget in a call, in characters.
const MAX_BUDGET: u16 = 30_000;

/// The longest string value of a preview, in characters, unless the caller asks for another.
pub(crate) const PREVIEW: i64 = 150;

/// The note on a page with a shortened item.
const TRUNCATED: &str = ",\"_truncated\":true,\"_truncated_message\":\"One item exceeds the character budget; its long \
values are shortened. Raise max_chars_per_page or narrow the query to see more.\"}";

/// An item of a list.
pub(crate) trait Item {
    /// Writes the item as JSON, observing `limits`.
    fn write(&self, limits: Limits, sink: &mut impl Sink);
}

/// The requested page, and its size.
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
    /// The effective budget, which the answer echoes.
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

/// The requested page of `items` with its envelope, as one JSON object whose list is called `key`.
pub(crate) fn page<I: Item>(key: &str, items: &[I], request: &PageRequest) -> String {
    page_and_next(key, items, request, |_| None)
}

/// Like `page`, with `next_cursor`. `next` makes it from the number of items on this page and before it, without
/// characters that JSON escapes.
pub(crate) fn page_and_next<I: Item>(
    key: &str,
    items: &[I],
    request: &PageRequest,
    next: impl FnOnce(usize) -> Option<String>,
) -> String {
    let mut filling = Filling::new(key, request);
    for item in items {
        filling.add(item);
    }
    let Filling { mut text, pages, through, shortened, .. } = filling;
    let (number, max_chars, preview) = (request.number, request.used(), request.preview);
    let _ = write!(
        text,
        "],\"page_number\":{number},\"total_pages\":{pages},\"max_chars_per_page\":{max_chars},\"preview_chars\":{preview}",
    );
    let through = through.unwrap_or(items.len());
    if let Some(next) = Some(through).filter(|_| number > 0).and_then(next) {
        let _ = write!(text, ",\"next_cursor\":\"{next}\"");
    }
    text.push_str(if shortened { TRUNCATED } else { "}" });
    text
}

/// The filling of pages, each within the budget or of one item. Every item is measured, and those of the wanted page
/// are written.
struct Filling {
    text: String,
    budget: usize,
    limits: Limits,
    /// The number of the wanted page, if it is a possible one.
    wanted: Option<usize>,
    /// The number of pages so far, and the used part of the last one.
    pages: usize,
    used: usize,
    items: usize,
    /// The number of items up to and including the wanted page, once it is begun.
    through: Option<usize>,
    shortened: bool,
}

impl Filling {
    fn new(key: &str, request: &PageRequest) -> Self {
        let budget = request.budget();
        let mut text = String::with_capacity(budget + 512);
        let _ = write!(text, "{{\"{key}\":[");
        Self {
            text,
            budget,
            limits: request.limits(),
            wanted: usize::try_from(request.number).ok(),
            pages: 0,
            used: 0,
            items: 0,
            through: None,
            shortened: false,
        }
    }

    fn add(&mut self, item: &impl Item) {
        let is_wanted = self.pages > 0 && self.wanted == Some(self.pages);
        if !(is_wanted && self.continue_wanted(item)) {
            let size = size(item, self.limits, self.budget);
            if is_wanted || !self.place(size) {
                self.begin(item, size);
            }
        }
        self.items += 1;
        if self.wanted == Some(self.pages) {
            self.through = Some(self.items);
        }
    }

    /// Writes an item to the wanted page, if there is room.
    fn continue_wanted(&mut self, item: &impl Item) -> bool {
        let room = self.budget.saturating_sub(self.used);
        let end = self.text.len();
        self.text.push(',');
        let size = write_within(item, self.limits, room, &mut self.text);
        if size > room {
            self.text.truncate(end);
        }
        self.place(size)
    }

    /// Adds an item of this size to the last page, if there is room.
    fn place(&mut self, size: usize) -> bool {
        let fits = self.pages > 0 && self.used + size <= self.budget;
        if fits {
            self.used += size;
        }
        fits
    }

    /// Begins a page with an item.
    fn begin(&mut self, item: &impl Item, size: usize) {
        (self.pages, self.used) = (self.pages + 1, size);
        if self.wanted != Some(self.pages) {
            return;
        }
        self.shortened = size > self.budget;
        if self.shortened {
            write_fitting(item, self.limits, self.budget, &mut self.text);
        } else {
            item.write(self.limits, &mut self.text);
        }
    }
}

/// Adds members, written as JSON, to the end of an answer.
pub(crate) fn add_members(answer: &mut String, members: fmt::Arguments<'_>) {
    if answer.pop() == Some('}') {
        let _ = write!(answer, ",{members}}}");
    }
}

/// The size of an item in characters, or some number beyond `budget` when it is larger.
fn size(item: &impl Item, limits: Limits, budget: usize) -> usize {
    let mut size = Size::up_to(budget);
    item.write(limits, &mut size);
    size.count
}

/// Writes an item of at most `room` characters; a larger one leaves the text unchanged. Returns its size, or some
/// number beyond `room`.
fn write_within(item: &impl Item, limits: Limits, room: usize, text: &mut String) -> usize {
    let end = text.len();
    let mut counted = Counted::up_to(room, text);
    item.write(limits, &mut counted);
    let count = counted.count();
    if count > room {
        text.truncate(end);
    }
    count
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
