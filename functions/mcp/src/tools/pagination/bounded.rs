//! Answers that LangSmith pages itself, by offset: as many items as fit one answer, and where to go on.

use std::fmt::Write as _;

use serde_json::json;

use super::{Item, Limits, shorten, size};
use crate::tools::schema::{Parameter, text};

/// The most characters of JSON that one answer carries.
const BUDGET: usize = 200_000;

const WHOLE: Limits = Limits { cut: None, part: None };

const SHORTENED: &str = "One item exceeds the size of an answer; its long values are shortened.";

/// One item, which is an object, as the whole answer.
pub(crate) fn alone(item: &impl Item) -> String {
    let mut text = String::new();
    if write_fitting(item, size(item, WHOLE, BUDGET), BUDGET, &mut text) {
        text.pop();
        let _ = write!(text, ",\"_truncated\":true,\"_truncated_message\":\"{SHORTENED}\"}}");
    }
    text
}

/// What clients are told about an answer that does not hold everything.
pub(crate) fn truncated() -> [Parameter; 2] {
    let flag = json!({ "type": "boolean", "description": "Whether something was shortened or left out." });
    [("_truncated", flag), ("_truncated_message", text("What, and how to go on."))]
}

/// One item as the member `key` of an object.
pub(crate) fn object(key: &str, item: &impl Item) -> String {
    let mut text = format!("{{\"{key}\":");
    let shortened = write_fitting(item, size(item, WHOLE, BUDGET), BUDGET, &mut text);
    if shortened {
        let _ = write!(text, ",\"_truncated\":true,\"_truncated_message\":\"{SHORTENED}\"");
    }
    text.push('}');
    text
}

/// As many of `items` as fit, at least one, as the member `key` of an object that also tells their number. `offset` is
/// that of the first item in LangSmith's list.
pub(crate) fn list(key: &str, items: &[impl Item], offset: u32) -> String {
    within(BUDGET, Total::Listed, key, items, offset)
}

/// The same with another total.
pub(crate) fn list_with(total: Total, key: &str, items: &[impl Item], offset: u32) -> String {
    within(BUDGET, total, key, items, offset)
}

/// What `total_count` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Total {
    /// How many items the answer holds.
    Listed,
    /// How many LangSmith has.
    Known(u64),
    /// Nothing: there is none.
    Untold,
}

fn within(budget: usize, total: Total, key: &str, items: &[impl Item], offset: u32) -> String {
    let mut text = format!("{{\"{key}\":[");
    let (mut count, mut used, mut shortened) = (0_u32, 0, false);
    for item in items {
        let size = size(item, WHOLE, budget);
        if count > 0 && used + size > budget {
            break;
        }
        if count > 0 {
            text.push(',');
        }
        shortened |= write_fitting(item, size, budget, &mut text);
        (count, used) = (count + 1, used + size);
    }
    text.push(']');
    let _ = match total {
        Total::Listed => write!(text, ",\"total_count\":{count}"),
        Total::Known(total) => write!(text, ",\"total_count\":{total}"),
        Total::Untold => Ok(()),
    };
    let rest = items.len() > count as usize;
    let next = offset.saturating_add(count);
    let go_on = format!("The answer is full. Call again with offset={next} for the rest.");
    let _ = match (rest, shortened) {
        (false, false) => Ok(()),
        (false, true) => write!(text, ",\"_truncated\":true,\"_truncated_message\":\"{SHORTENED}\""),
        (true, _) => {
            let shortened = if shortened { format!("{SHORTENED} ") } else { String::new() };
            write!(
                text,
                ",\"next_offset\":{next},\"_truncated\":true,\"_truncated_message\":\"{shortened}{go_on}\""
            )
        }
    };
    text.push('}');
    text
}

/// Writes an item of `size` characters, shortened if it does not fit alone; whether it was.
fn write_fitting(item: &impl Item, size: usize, budget: usize, text: &mut String) -> bool {
    let fits = size <= budget;
    if fits {
        item.write(WHOLE, text);
    } else {
        shorten::write_fitting(item, WHOLE, budget, text);
    }
    !fits
}

#[cfg(test)]
#[path = "bounded_tests.rs"]
mod tests;
