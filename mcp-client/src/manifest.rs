//! Documents in which some servers list their tools, in the forms of several proposals (SEP-1649, SEP-2127). They may be
//! out of date, and most of them list no tools: only one that does counts.

use std::time::Duration;

use http::header::ACCEPT;
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use outbound::{GuardedClient, GuardedRequest, GuardedUrl, Limits};
use primitives::deadline::Deadline;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::listing::MAX_TOOLS;
use crate::tool::{Tool, ToolList};

/// The time for all documents together: the list itself takes hardly longer.
const BUDGET: Duration = Duration::from_secs(1);
/// The maximum size of a document, in bytes.
const MAX_DOCUMENT: usize = 1024 * 1024;
/// The documents beside the server's URL (RFC 8615), after its own card.
const WELL_KNOWN: [&str; 2] = ["/.well-known/mcp/server-card.json", "/.well-known/mcp.json"];

#[derive(Deserialize)]
struct Document<'d> {
    #[serde(borrow, default)]
    tools: Vec<&'d RawValue>,
}

/// The tools that a document of the server lists, if there is such a document. No credential is sent for it.
pub async fn fetch(client: &GuardedClient, url: &GuardedUrl, deadline: Deadline) -> Option<ToolList> {
    let deadline = deadline.earlier(Deadline::after(BUDGET));
    let own = url.as_url().path().trim_end_matches('/');
    let places = [url.with_path(&format!("{own}/server-card"))]
        .into_iter()
        .chain(WELL_KNOWN.into_iter().map(|path| url.with_path(path)));
    for place in places {
        if let Some(list) = read(client, &place, deadline).await {
            return Some(list);
        }
    }
    None
}

async fn read(client: &GuardedClient, url: &GuardedUrl, deadline: Deadline) -> Option<ToolList> {
    let accept = HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static("application/json"))]);
    let request = GuardedRequest::new(Method::GET, url).headers(accept);
    let limits = Limits { body: MAX_DOCUMENT, deadline, idle: BUDGET };
    let answer = client.send(request, limits).await.ok()?;
    if answer.status != StatusCode::OK {
        return None;
    }
    tools(&answer.whole().await.ok()?)
}

/// The tools in a document; `None` if it lists none, or one that cannot be used.
fn tools(document: &[u8]) -> Option<ToolList> {
    let document: Document<'_> = serde_json::from_slice(document).ok()?;
    if document.tools.len() > MAX_TOOLS {
        return None;
    }
    let tools: Vec<Tool> = document.tools.iter().map(|tool| Tool::of(tool)).collect::<Option<_>>()?;
    let mut names: Vec<_> = tools.iter().map(|tool| tool.name.as_str()).collect();
    names.sort_unstable();
    let is_unique = names.windows(2).all(|pair| pair.first() != pair.last());
    (!tools.is_empty() && is_unique).then_some(ToolList { tools, left_out: 0, ttl: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_document_that_really_lists_tools_counts() {
        let list = tools(br#"{"name":"x","tools":[{"name":"a","inputSchema":{"type":"object"}}]}"#).unwrap();
        assert_eq!(list.tools.len(), 1);
        for document in [
            &b"{}"[..],
            b"[]",
            b"x",
            br#"{"tools":[]}"#,
            br#"{"tools":["dynamic"]}"#,
            br#"{"tools":[{"name":"a"}]}"#,
            br#"{"tools":[{"name":"a","inputSchema":{}},{"name":"b"}]}"#,
            br#"{"tools":[{"name":"a","inputSchema":{}},{"name":"a","inputSchema":{}}]}"#,
            br#"{"tools":{"a":{}}}"#,
        ] {
            assert!(tools(document).is_none(), "{}", String::from_utf8_lossy(document));
        }
    }
}
