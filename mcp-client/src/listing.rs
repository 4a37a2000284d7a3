//! A list of tools while its pages are read.

use std::collections::BTreeSet;
use std::time::Duration;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::failure::ListFailure;
use crate::tool::{Tool, ToolList};

/// The maximum number of pages.
const MAX_PAGES: usize = 100;
/// The maximum number of tools, with those that are left out.
pub(crate) const MAX_TOOLS: usize = 10_000;
/// The maximum length of a cursor, in bytes.
const MAX_CURSOR: usize = 8 * 1024;

/// The result of `tools/list`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page<'p> {
    #[serde(borrow)]
    tools: Vec<&'p RawValue>,
    #[serde(default)]
    next_cursor: Option<String>,
    #[serde(borrow, default)]
    ttl_ms: Option<&'p RawValue>,
}

/// The pages so far.
#[derive(Default)]
pub(crate) struct Listing {
    tools: Vec<Tool>,
    names: BTreeSet<String>,
    cursors: BTreeSet<String>,
    seen: usize,
    pages: usize,
    ttl: Option<Duration>,
}

impl Listing {
    /// Adds a page; the cursor of the next one.
    pub(crate) fn add(&mut self, result: &RawValue) -> Result<Option<String>, ListFailure> {
        let page: Page<'_> = serde_json::from_str(result.get()).map_err(|_| ListFailure::NotMcp)?;
        self.pages += 1;
        self.seen += page.tools.len();
        if self.seen > MAX_TOOLS {
            return Err(ListFailure::TooManyTools);
        }
        for tool in page.tools.into_iter().filter_map(Tool::of) {
            if self.names.insert(tool.name.clone()) {
                self.tools.push(tool);
            }
        }
        let ttl = page.ttl_ms.and_then(ttl);
        self.ttl = self.ttl.into_iter().chain(ttl).min();
        let Some(cursor) = page.next_cursor else { return Ok(None) };
        if cursor.len() > MAX_CURSOR {
            return Err(ListFailure::TooLarge);
        }
        if !self.cursors.insert(cursor.clone()) {
            return Err(ListFailure::RepeatedCursor);
        }
        if self.pages >= MAX_PAGES { Err(ListFailure::TooManyPages) } else { Ok(Some(cursor)) }
    }

    /// The whole list.
    pub(crate) fn finish(self) -> ToolList {
        ToolList { left_out: self.seen - self.tools.len(), tools: self.tools, ttl: self.ttl }
    }
}

/// The time in milliseconds. A negative one is none (MCP 2026-07-28, "Caching"), and what is no number is not worth the
/// loss of a list.
fn ttl(json: &RawValue) -> Option<Duration> {
    let milliseconds: f64 = serde_json::from_str(json.get()).ok()?;
    Duration::try_from_secs_f64(milliseconds.max(0.0) / 1000.0).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_may_say_how_long_it_is_fresh() {
        for (said, expected) in [
            ("300000", Some(Duration::from_mins(5))),
            ("1234", Some(Duration::from_millis(1234))),
            ("1500.0", Some(Duration::from_millis(1500))),
            ("0", Some(Duration::ZERO)),
            ("-1", Some(Duration::ZERO)),
            ("1e300", None),
            ("1e999", None),
            ("null", None),
            ("\"300000\"", None),
        ] {
            let mut listing = Listing::default();
            let page = RawValue::from_string(format!(r#"{{"tools":[],"ttlMs":{said}}}"#)).unwrap();
            assert_eq!(listing.add(&page), Ok(None), "{said}");
            assert_eq!(listing.finish().ttl, expected, "{said}");
        }
    }
}
