//! Answers `tools/list` where named sets have tools, too: page by page, in a stable order, and so that a set which is slow or
//! down costs only its own tools.

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::{Value, json};
use shared::deadline::{Deadline, Missed};
use shared::mcp::selection::ToolSelection;

use crate::App;
use crate::auth::CallerIdentity;
use crate::protocol::{List, RpcError, TTL, ToolList};
use crate::toolset::{Context, ListCursor, ListError, Named, ToolPage};

/// With so many tools or more, a page ends behind the page of a set.
const FULL: usize = 100;

/// How long a list may be kept from which tools are missing.
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
    let sets = ahead(app, cursor.as_ref())?;
    let sets: Vec<&Named> = sets.iter().filter(|named| selection.allows(&named.prefix.name(""))).collect();
    let deadline = deadline.earlier(Deadline::after(app.toolsets.patience()));
    let context = Context::new((&app.langsmith, deadline), identity, list.capabilities);
    let pages = join_all(sets.iter().enumerate().map(|(index, named)| {
        let inner = cursor.as_ref().filter(|_| index == 0).and_then(|cursor| cursor.inner.as_deref());
        deadline.limit(named.set.list(&context, inner))
    }));
    let mut page = Page::new(app, selection, cursor.is_none());
    for (index, (named, answer)) in sets.iter().zip(pages.await).enumerate() {
        page.add(named, answer)?;
        let following = sets.get(index + 1);
        if page.is_over(named, following.copied()) {
            break;
        }
    }
    Ok(app.documents.tool_list(list.era, &page.finish()))
}

/// The sets from the one on that a cursor names.
fn ahead<'a>(app: &'a App, cursor: Option<&ListCursor>) -> Result<&'a [Named], RpcError> {
    let named = app.toolsets.named();
    let Some(cursor) = cursor else { return Ok(named) };
    let start =
        named.iter().position(|named| named.prefix == cursor.set).ok_or_else(RpcError::wrong_cursor)?;
    Ok(named.get(start..).unwrap_or_default())
}

/// A page that is being filled.
struct Page {
    tools: String,
    count: usize,
    next: Option<ListCursor>,
    ttl: Duration,
    missing: Vec<Value>,
    /// The set's own cursor behind the page that was added last.
    inner: Option<String>,
}

impl Page {
    /// The first page begins with the fixed tools.
    fn new(app: &App, selection: &ToolSelection, is_first: bool) -> Self {
        let mut tools = String::from("[");
        let mut count = 0;
        if is_first {
            count = app.documents.add_fixed(selection, &mut tools);
        }
        let ttl = if selection.by_headers() { Duration::ZERO } else { TTL };
        Self { tools, count, next: None, ttl, missing: Vec::new(), inner: None }
    }

    fn add(
        &mut self,
        named: &Named,
        answer: Result<Result<ToolPage, ListError>, Missed>,
    ) -> Result<(), RpcError> {
        let missing = match answer {
            Ok(Ok(page)) => {
                page.write(&named.prefix, &mut self.tools);
                self.count += page.len();
                self.ttl = self.ttl.min(page.ttl());
                self.inner = page.next().map(str::to_owned);
                return Ok(());
            }
            Ok(Err(ListError::Cursor)) => return Err(RpcError::wrong_cursor()),
            Ok(Err(ListError::Missing { reason, url })) => (reason, url),
            Err(Missed) => ("It did not answer in time.".to_owned(), None),
        };
        let (reason, url) = missing;
        tracing::warn!(set = %named.prefix, reason, "the tools of a set are missing from the list");
        self.ttl = self.ttl.min(TTL_OF_INCOMPLETE);
        self.inner = None;
        self.missing.push(json!({"server": named.prefix.as_str(), "reason": reason, "url": url}));
        Ok(())
    }

    /// Whether the page ends behind what was added last. A set's own next page begins the next page of all.
    fn is_over(&mut self, last: &Named, following: Option<&Named>) -> bool {
        self.next = match self.inner.take() {
            Some(inner) => Some(ListCursor { set: last.prefix.clone(), inner: Some(inner) }),
            None if self.count < FULL => None,
            None => following.map(|named| ListCursor { set: named.prefix.clone(), inner: None }),
        };
        self.next.is_some()
    }

    fn finish(mut self) -> ToolList {
        self.tools.push(']');
        let next = self.next.as_ref().map(ListCursor::encode);
        ToolList { tools: self.tools, next, ttl: self.ttl, missing: self.missing }
    }
}
