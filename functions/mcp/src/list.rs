//! Answers `tools/list` on a server with named sets: page by page, in a stable order, and so that a slow or failing set
//! costs only its own tools.

use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesOrdered;
use primitives::deadline::{Deadline, Missed};
use serde_json::{Value, json};
use shared::mcp::selection::ToolSelection;

use crate::App;
use crate::auth::CallerIdentity;
use crate::protocol::{List, RpcError, TTL, ToolList};
use crate::toolset::{Context, ListCursor, ListError, NamedSet, SetPage, ToolPage, Toolsets, is_full};

/// The maximum number of pages of a set. A set whose cursors lead in a circle has no end of its own.
const MAX_PAGES: u16 = 1_000;

/// The TTL of a list that lacks a set's tools. A page that lacks only single tools with refused schemas keeps its own:
/// trying again soon would not help.
const TTL_OF_INCOMPLETE: Duration = Duration::from_secs(10);

/// The result of `tools/list`, as JSON.
pub(crate) async fn run(
    (app, selection): (&App, &ToolSelection),
    identity: &CallerIdentity,
    list: &List<'_>,
    deadline: Deadline,
) -> Result<String, RpcError> {
    let cursor = match list.cursor {
        Some(given) => Some(ListCursor::decode(given).ok_or_else(RpcError::wrong_cursor)?),
        None => None,
    };
    let sets = sets_from_cursor(app, cursor.as_ref())?;
    let sets: Vec<&NamedSet> = if selection.allows_sets() { sets.iter().collect() } else { Vec::new() };
    let deadline = deadline.earlier(Deadline::after(app.toolsets.patience()));
    // All sets are asked concurrently, and nothing waits for a set whose page would come after the end of this one.
    let mut pages: FuturesOrdered<_> = sets
        .iter()
        .map(|named| {
            let own = cursor.as_ref().filter(|cursor| cursor.set == named.prefix);
            let page = own.and_then(|cursor| cursor.page.as_ref());
            let context = Context::new((&app.langsmith, deadline), identity, list.capabilities);
            ask(named, page, (context, deadline))
        })
        .collect();
    let pages_before = cursor.as_ref().and_then(|cursor| cursor.page.as_ref()).map_or(0, |page| page.number);
    let mut page = Page::new(app, selection, cursor.is_none(), pages_before);
    let mut following = sets.iter().skip(1);
    while let Some((named, answer)) = pages.next().await {
        page.add(&app.toolsets, named, answer?);
        if page.is_over(named, following.next().copied()) {
            break;
        }
    }
    Ok(app.documents.tool_list(list.era, &page.finish()))
}

/// The page of a set, or the reason why its tools are missing. A refused cursor is the client's error if the client
/// sent one, and the set's fault otherwise.
async fn ask<'a>(
    named: &'a NamedSet,
    page: Option<&SetPage>,
    (context, deadline): (Context<'_>, Deadline),
) -> (&'a NamedSet, Result<Result<ToolPage, Missing>, RpcError>) {
    let missing = |reason: &str| Err(Missing { reason: reason.to_owned(), url: None });
    let (cursor, number) = (page.map(|page| page.cursor.as_str()), page.map_or(0, |page| page.number));
    let page = match deadline.limit(named.set.list(&context, cursor)).await {
        Ok(Ok(page)) if page.next().is_some() && (page.next() == cursor || number >= MAX_PAGES) => {
            missing("Its list does not end.")
        }
        Ok(Ok(page)) => Ok(page),
        Ok(Err(ListError::Cursor)) if cursor.is_some() => return (named, Err(RpcError::wrong_cursor())),
        Ok(Err(ListError::Cursor)) => missing("It could not be listed."),
        Ok(Err(ListError::Missing { reason, url })) => Err(Missing { reason, url }),
        Err(Missed) => missing("It did not answer in time."),
    };
    (named, Ok(page))
}

/// The reason why tools are missing from a list.
struct Missing {
    reason: String,
    url: Option<String>,
}

/// The sets from the cursor's set on.
fn sets_from_cursor<'a>(app: &'a App, cursor: Option<&ListCursor>) -> Result<&'a [NamedSet], RpcError> {
    let named = app.toolsets.named_sets();
    let Some(cursor) = cursor else { return Ok(named) };
    let start =
        named.iter().position(|named| named.prefix == cursor.set).ok_or_else(RpcError::wrong_cursor)?;
    Ok(named.get(start..).unwrap_or_default())
}

/// A page under construction.
struct Page {
    tools: String,
    count: usize,
    next: Option<ListCursor>,
    ttl: Duration,
    missing: Vec<Value>,
    /// How many pages of the first set precede this one.
    pages_before: u16,
    /// The page of the set that follows the one added last.
    following: Option<SetPage>,
}

impl Page {
    /// The first page begins with the fixed tools.
    fn new(app: &App, selection: &ToolSelection, is_first: bool, pages_before: u16) -> Self {
        let mut tools = String::from("[");
        let mut count = 0;
        if is_first {
            count = app.documents.add_fixed(selection, &mut tools);
        }
        let ttl = if selection.by_headers() { Duration::ZERO } else { TTL };
        Self { tools, count, next: None, ttl, missing: Vec::new(), pages_before, following: None }
    }

    fn add(&mut self, toolsets: &Toolsets, named: &NamedSet, answer: Result<ToolPage, Missing>) {
        let number = std::mem::take(&mut self.pages_before).saturating_add(1);
        let Missing { reason, url } = match answer {
            Ok(page) => {
                let left_out = page.write(|tool| toolsets.listed(named, tool), &mut self.tools);
                self.count += page.len();
                self.ttl = self.ttl.min(page.ttl());
                self.following = page.next().map(|next| SetPage { number, cursor: next.to_owned() });
                if left_out > 0 {
                    let reason = format!("{left_out} of its tools cannot be listed.");
                    self.miss(named.prefix.as_str(), &reason, None);
                }
                for part in page.missing() {
                    self.ttl = self.ttl.min(TTL_OF_INCOMPLETE);
                    self.miss(&part.server, &part.reason, part.url.as_deref());
                }
                if page.ends_early() {
                    self.ttl = self.ttl.min(TTL_OF_INCOMPLETE);
                    self.miss(
                        named.prefix.as_str(),
                        "Its list has a next page that cannot be asked for.",
                        None,
                    );
                }
                return;
            }
            Err(missing) => missing,
        };
        self.ttl = self.ttl.min(TTL_OF_INCOMPLETE);
        self.following = None;
        self.miss(named.prefix.as_str(), &reason, url.as_deref());
    }

    fn miss(&mut self, server: &str, reason: &str, url: Option<&str>) {
        tracing::warn!(set = server, reason, "tools of a set are missing from the list");
        self.missing.push(json!({"server": server, "reason": reason, "url": url}));
    }

    /// Whether the page ends after the last addition. If a set has a next page, that page begins the next page of the
    /// whole list.
    fn is_over(&mut self, last: &NamedSet, following: Option<&NamedSet>) -> bool {
        self.next = match self.following.take() {
            Some(page) => Some(ListCursor { set: last.prefix.clone(), page: Some(page) }),
            None if !is_full(self.count, self.tools.len()) => None,
            None => following.map(|named| ListCursor { set: named.prefix.clone(), page: None }),
        };
        self.next.is_some()
    }

    fn finish(mut self) -> ToolList {
        self.tools.push(']');
        let next = self.next.as_ref().map(ListCursor::encode);
        ToolList { tools: self.tools, next, ttl: self.ttl, missing: self.missing }
    }
}
