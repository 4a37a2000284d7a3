//! A named set with more tools than fit on a page of the list.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use mcp::toolset::{Context, Descriptor, ListError, Output, SetError, ToolError, ToolPage, Toolset};
use serde_json::json;
use serde_json::value::RawValue;

/// The number of its tools: `tool-0`, `tool-1` and so on.
pub const MANY: usize = 250;

/// The set's own page size.
pub const PAGE: usize = 60;

/// A set of [`MANY`] tools. The first one has no credential, the second one refuses its arguments.
#[derive(Clone, Copy, Debug)]
pub struct LargeSet;

impl Toolset for LargeSet {
    fn list<'a>(
        &'a self,
        _: &'a Context<'a>,
        cursor: Option<&'a str>,
    ) -> BoxFuture<'a, Result<ToolPage, ListError>> {
        Box::pin(async move {
            let start: usize = cursor.unwrap_or("0").parse().map_err(|_| ListError::Cursor)?;
            let end = MANY.min(start + PAGE);
            let tools = (start..end)
                .map(|number| Descriptor::new(format!("tool-{number}"), "One of many.", Arc::default()));
            let next = (end < MANY).then(|| end.to_string());
            Ok(ToolPage::new(tools, next, Duration::from_mins(1)))
        })
    }

    fn call<'a>(
        &'a self,
        _: &'a Context<'a>,
        tool: &'a str,
        arguments: Option<&'a RawValue>,
    ) -> BoxFuture<'a, Result<Output, SetError>> {
        Box::pin(async move {
            match tool.strip_prefix("tool-").and_then(|number| number.parse().ok()) {
                Some(0) => {
                    Err(SetError::Credential { url: Some("https://example.com/connections".to_owned()) })
                }
                Some(1) => Err(ToolError::invalid("no").into()),
                Some(2..MANY) => Ok(Output::data(&json!({"called": tool, "arguments": arguments}))),
                _ => Err(SetError::UnknownTool),
            }
        })
    }
}
