//! Named sets that fail.

use std::future::pending;

use futures_util::future::BoxFuture;
use mcp::toolset::{Context, ListError, Output, SetError, ToolPage, Toolset};
use serde_json::value::RawValue;

/// A set that never answers.
#[derive(Clone, Copy, Debug)]
pub struct Hanging;

impl Toolset for Hanging {
    fn list<'a>(
        &'a self,
        _: &'a Context<'a>,
        _: Option<&'a str>,
    ) -> BoxFuture<'a, Result<ToolPage, ListError>> {
        Box::pin(pending())
    }

    fn call<'a>(
        &'a self,
        _: &'a Context<'a>,
        _: &'a str,
        _: Option<&'a RawValue>,
    ) -> BoxFuture<'a, Result<Output, SetError>> {
        Box::pin(pending())
    }
}

/// A set that is down.
#[derive(Clone, Copy, Debug)]
pub struct Down;

impl Toolset for Down {
    fn list<'a>(
        &'a self,
        _: &'a Context<'a>,
        _: Option<&'a str>,
    ) -> BoxFuture<'a, Result<ToolPage, ListError>> {
        let (reason, url) =
            ("It is being repaired.".to_owned(), Some("https://example.com/status".to_owned()));
        Box::pin(async { Err(ListError::Missing { reason, url }) })
    }

    fn call<'a>(
        &'a self,
        _: &'a Context<'a>,
        _: &'a str,
        _: Option<&'a RawValue>,
    ) -> BoxFuture<'a, Result<Output, SetError>> {
        Box::pin(async { Err(SetError::UnknownTool) })
    }
}
