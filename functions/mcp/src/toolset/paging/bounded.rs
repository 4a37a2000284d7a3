//! Lists with LangSmith's own pages, by offset: as many items as fit one answer, and the next offset.

use std::fmt::Write as _;

use super::{Item, Limits, shorten, write_within};
use crate::toolset::schema::tool_schema::{Parameter, integer, objects};

/// The longest answer of a single item, in characters of JSON.
const WHOLE_ANSWER: usize = 200_000;

/// The longest answer of a list, in characters. Agents refuse more, or show only its beginning.
const LISTED: usize = 60_000;

/// An upper bound for the rest of a list's answer, besides its items.
const AROUND: usize = 1_000;

/// The longest single item in its answer.
const ALONE: usize = WHOLE_ANSWER - AROUND;

const WHOLE: Limits = Limits { cut: None, part: None };

const SHORTENED: &str = "One item exceeds the size of an answer; its long values are shortened.";

/// One item, an object, as the whole answer.
pub(crate) fn alone(item: &impl Item) -> String {
    let mut text = String::new();
    if let (_, true) = write_fitting(item, ALONE, &mut text) {
        text.pop();
        let _ = write!(text, ",\"_truncated\":true,\"_truncated_message\":\"{SHORTENED}\"}}");
    }
    text
}

/// The members of a list's answer, and those of its items.
pub(crate) fn list_members(key: &'static str, description: &str, item: Vec<Parameter>) -> Vec<Parameter> {
    vec![
        (key, objects(description, item)),
        ("total_count", integer("Total, if known.")),
        ("next_offset", integer("Offset of the next part, if any.")),
    ]
}

/// One item as the member `key` of an object.
pub(crate) fn object(key: &str, item: &impl Item) -> String {
    let mut text = format!("{{\"{key}\":");
    if let (_, true) = write_fitting(item, ALONE, &mut text) {
        let _ = write!(text, ",\"_truncated\":true,\"_truncated_message\":\"{SHORTENED}\"");
    }
    text.push('}');
    text
}

/// As many of `items` as fit, at least one, as the member `key` of an object with the total count and the next offset.
/// `offset` is that of the first item in LangSmith's list.
pub(crate) fn list_with(total: Total, key: &str, items: &[impl Item], offset: u32) -> String {
    list_within(LISTED - AROUND, total, key, items, offset)
}

/// The number of items in LangSmith's list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Total {
    /// LangSmith's number.
    Known(u64),
    /// Unknown, with the number of requested items: only a shorter list has come to its end.
    Asked(u32),
}

impl Total {
    /// The total from LangSmith, or else the number of requested items.
    pub(crate) fn of(told: Option<u64>, asked: u32) -> Self {
        told.map_or(Self::Asked(asked), Self::Known)
    }

    /// Whether there may be more behind `received` items. An empty list is the end, whatever the total.
    fn goes_on(self, offset: u32, received: usize) -> bool {
        received > 0
            && match self {
                Self::Known(total) => reach(offset, received) < total,
                Self::Asked(asked) => received >= asked as usize,
            }
    }

    /// The total, if it is known.
    fn count(self, offset: u32, received: usize) -> Option<u64> {
        match self {
            Self::Known(total) => Some(total),
            Self::Asked(_) if self.goes_on(offset, received) => None,
            // An offset behind the end leaves the end unknown.
            Self::Asked(_) => (received > 0 || offset == 0).then(|| reach(offset, received)),
        }
    }
}

/// The offset behind `received` items.
fn reach(offset: u32, received: usize) -> u64 {
    u64::from(offset).saturating_add(received as u64)
}

fn list_within(budget: usize, total: Total, key: &str, items: &[impl Item], offset: u32) -> String {
    let mut text = format!("{{\"{key}\":[");
    let (mut count, mut used, mut shortened) = (0_u32, 0, false);
    for item in items {
        if count == 0 {
            (used, shortened) = write_fitting(item, budget, &mut text);
        } else {
            let (end, room) = (text.len(), budget - used);
            text.push(',');
            let size = write_within(item, WHOLE, room, &mut text);
            if size > room {
                text.truncate(end);
                break;
            }
            used += size;
        }
        count += 1;
    }
    text.push(']');
    if let Some(total) = total.count(offset, items.len()) {
        let _ = write!(text, ",\"total_count\":{total}");
    }
    let next = offset.saturating_add(count);
    let rest = items.len() > count as usize;
    if rest || total.goes_on(offset, items.len()) {
        let _ = write!(text, ",\"next_offset\":{next}");
    }
    let go_on = format!("The answer is full. Call again with offset={next} for the rest.");
    let message = match (rest, shortened) {
        (false, false) => None,
        (false, true) => Some(SHORTENED.to_owned()),
        (true, false) => Some(go_on),
        (true, true) => Some(format!("{SHORTENED} {go_on}")),
    };
    if let Some(message) = message {
        let _ = write!(text, ",\"_truncated\":true,\"_truncated_message\":\"{message}\"");
    }
    text.push('}');
    text
}

/// Writes an item, shortened if it takes more than `budget` characters. Returns its size, at most `budget`, and whether
/// it was shortened.
fn write_fitting(item: &impl Item, budget: usize, text: &mut String) -> (usize, bool) {
    let size = write_within(item, WHOLE, budget, text);
    if size <= budget {
        return (size, false);
    }
    shorten::write_fitting(item, WHOLE, budget, text);
    (budget, true)
}

#[cfg(test)]
#[path = "bounded_tests.rs"]
mod tests;
