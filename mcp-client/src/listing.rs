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
const MAX_TOOLS: usize = 10_000;
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
    #[serde(default)]
    ttl_ms: Option<u64>,
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
        let ttl = page.ttl_ms.map(Duration::from_millis);
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
