//! Makes an oversized item fit, by the mildest sufficient measure. The item is measured once for each kind of measure,
//! not once for each length tried.

use langsmith::Received;

use super::{Item, Size};
use crate::json::copy::copy;
use crate::json::part::Part;
use crate::json::sink::Sink;
use crate::json::text::{Content, kept, suffix};

/// The limits for the parts of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limits {
    /// The longest string value, in characters.
    pub(crate) cut: Option<usize>,
    /// The largest free-form part without a preview, in characters; a larger one becomes a preview of that length.
    pub(crate) part: Option<usize>,
}

impl Limits {
    /// Everything is shown.
    pub(crate) const NONE: Self = Self { cut: None, part: None };

    /// Writes a free-form part of an item as received.
    pub(crate) fn write_received(self, value: Received<'_>, sink: &mut impl Sink) {
        match self.part {
            None => sink.received(value, self.cut),
            Some(length) => sink.part(value.get(), self.cut, length),
        }
    }

    /// Writes a free-form part of an item: unchanged, or as a preview of the same JSON type if it is too large.
    pub(crate) fn write_part(self, json: &str, sink: &mut impl Sink) {
        match self.part {
            None => copy(json, self.cut, sink),
            Some(length) => sink.part(json, self.cut, length),
        }
    }
}

/// Writes an item that exceeds `budget`, under the mildest limits stricter than `limits` with which it fits: first its
/// strings are cut, then its large parts become previews. Uses the strictest limits if the fixed members alone exceed
/// the budget.
pub(super) fn write_fitting(item: &impl Item, limits: Limits, budget: usize, text: &mut String) {
    if let Some(cut) = cut(item, limits, budget) {
        return item.write(Limits { cut: Some(cut), part: None }, text);
    }
    let limits = Limits { cut: limits.cut, part: Some(budget) };
    let mut parts = Parts { fixed: 0, parts: Vec::new() };
    item.write(limits, &mut parts);
    let length = mildest(budget, |length| parts.size(length) <= budget).unwrap_or(0);
    item.write(limits, &mut Previews { text, parts: parts.parts.into_iter(), length });
}

/// The largest length up to `upper` that fits; `None` when not even 0 does. Lengths are tried downwards, because a
/// shorter one need not fit where a longer one does: the note about the cut takes room, too.
fn mildest(upper: usize, fits: impl Fn(usize) -> bool) -> Option<usize> {
    let (mut good, mut bad) = (upper, upper + 1);
    while !fits(good) {
        if good == 0 {
            return None;
        }
        (good, bad) = (good * 3 / 4, good);
    }
    while bad - good > 1 {
        let middle = good + (bad - good) / 2;
        if fits(middle) { good = middle } else { bad = middle }
    }
    Some(good)
}

/// The maximum number of corrections of an estimate. It is wrong only if escapes are spread unevenly.
const TRIES: usize = 4;

/// The length to which string values must be cut, if cuts suffice.
fn cut(item: &impl Item, limits: Limits, budget: usize) -> Option<usize> {
    let mut values = Values { fixed: 0, lengths: Vec::new(), budget };
    item.write(Limits { cut: Some(usize::MAX), ..limits }, &mut values);
    let upper = limits.cut.unwrap_or(budget).min(budget);
    let mut room = budget;
    for _ in 0..TRIES {
        let cut = mildest(upper, |cut| values.size(cut, room) <= room)?;
        let size = Size::of(|size| item.write(Limits { cut: Some(cut), part: None }, size));
        if size <= budget {
            return Some(cut);
        }
        room = room.checked_sub(size - budget)?;
    }
    None
}

/// Counts all but the string values that may be cut, and keeps their lengths.
struct Values {
    fixed: usize,
    /// For each value, its full length in characters and its size in the answer.
    lengths: Vec<(usize, usize)>,
    budget: usize,
}

impl Values {
    /// The approximate size of the item with its values cut; only as precise as needed to see that it exceeds `room`.
    fn size(&self, cut: usize, room: usize) -> usize {
        let mut size = self.fixed;
        for (total, taken) in &self.lengths {
            if size > room {
                break;
            }
            size += match kept(*total, cut) {
                all if all == *total => *taken,
                part => (taken * part).div_ceil(*total) + suffix(total - part),
            };
        }
        size
    }
}

impl Sink for Values {
    fn put(&mut self, _: &str, size: usize) {
        self.fixed += size;
    }

    fn content(&mut self, content: &Content<'_>, cut: Option<usize>) {
        self.fixed += content.size(cut);
    }

    fn value(&mut self, content: &Content<'_>, cut: Option<usize>) {
        match cut {
            None => self.fixed += content.written_length(),
            Some(_) => self.lengths.push((content.total(), content.written_length())),
        }
    }

    fn is_full(&self) -> bool {
        // Then no cut helps.
        self.fixed > self.budget
    }
}

/// Counts all but the free-form parts, and keeps their beginnings.
struct Parts {
    fixed: usize,
    parts: Vec<Part>,
}

impl Parts {
    fn size(&self, length: usize) -> usize {
        self.fixed + self.parts.iter().map(|part| part.size(length)).sum::<usize>()
    }
}

impl Sink for Parts {
    fn put(&mut self, _: &str, size: usize) {
        self.fixed += size;
    }

    fn part(&mut self, json: &str, cut: Option<usize>, length: usize) {
        self.parts.push(Part::read(json, cut, length));
    }
}

/// Writes an item whose free-form parts were read before.
struct Previews<'t> {
    text: &'t mut String,
    parts: std::vec::IntoIter<Part>,
    length: usize,
}

impl Sink for Previews<'_> {
    fn put(&mut self, text: &str, _: usize) {
        self.text.push_str(text);
    }

    fn part(&mut self, _: &str, _: Option<usize>, _: usize) {
        if let Some(part) = self.parts.next() {
            part.put(self.length, self.text);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn the_mildest_length_is_the_largest_that_fits() {
        for upper in [0, 1, 2, 7, 100, 1_000] {
            for most in [0, 1, 3, 99, 100, 101, 2_000] {
                let tries = Cell::new(0);
                let fits = |length| {
                    tries.set(tries.get() + 1);
                    length <= most
                };
                assert_eq!(mildest(upper, fits), Some(upper.min(most)), "{upper} {most}");
                assert!(tries.get() <= 40, "{upper} {most}: {}", tries.get());
            }
            assert_eq!(mildest(upper, |_| false), None);
        }
    }

    #[test]
    fn a_length_is_found_that_fits_although_a_shorter_one_does_not() {
        assert_eq!(mildest(1_000, |length| length <= 10 || (700..=760).contains(&length)), Some(760));
    }
}
