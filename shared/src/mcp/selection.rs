//! The tool selection of a request: a client's own limit on top of what its key or its grant allows. It removes tools
//! and never adds one. The header names are those of GitHub's remote MCP server
//! (<https://github.com/github/github-mcp-server/blob/main/docs/remote-server.md>); query parameters of the URL are
//! equivalent, for clients whose users cannot set headers.
//!
//! Within the headers, and within the query, toolsets and single tools add up, and `readonly` then removes the tools
//! that write. The result is the intersection of both: neither can widen the other. Unknown names are errors, whereas
//! GitHub's server ignores unknown toolsets: the user should learn of a misspelled limit.

use std::borrow::Cow;
use std::collections::BTreeSet;

use http::{HeaderMap, HeaderName};
use oauth::scope::Scope;

use crate::mcp::scopes::{TOOL_SCOPES, tool_scope};
use crate::mcp::toolsets::{EVERYTHING, Limit, parameter, tools_of};

/// The maximum size of the lists in all headers, and of those in the query, in bytes.
const MAX_LISTS: usize = 2_048;

/// The values that GitHub's server takes for false; anything else is true, so that no spelling of true is missed.
const NO: [&str; 6] = ["false", "f", "no", "n", "0", "off"];

/// All kinds of limits.
const LIMITS: [Limit; 3] = [Limit::ReadOnly, Limit::Toolsets, Limit::Tools];

const fn header(limit: Limit) -> HeaderName {
    HeaderName::from_static(match limit {
        Limit::ReadOnly => "x-mcp-readonly",
        Limit::Toolsets => "x-mcp-toolsets",
        Limit::Tools => "x-mcp-tools",
    })
}

/// The reason why a selection is invalid.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SelectionError {
    /// A header value is not text.
    #[error("a header is no text")]
    NotText(HeaderName),
    /// The lists exceed 2,048 bytes.
    #[error("the lists are longer than 2,048 bytes")]
    TooLong,
    /// An unknown toolset.
    #[error("an unknown toolset")]
    UnknownToolset(String),
    /// An unknown tool.
    #[error("an unknown tool")]
    UnknownTool(String),
}

/// The reason why a request cannot use a tool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SwitchedOff {
    /// The request is limited to reading, and the tool writes.
    ReadOnly,
    /// The tool is not among those that the request selects.
    NotSelected,
}

/// The selections of a request: in its headers, and in the query of its URL.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ToolSelection {
    headers: Selected,
    query: Selected,
}

impl ToolSelection {
    /// Parses the selections in a request's headers and in the decoded parameters of its query.
    pub fn of<'q>(
        headers: &HeaderMap,
        query: impl Iterator<Item = (Cow<'q, str>, Cow<'q, str>)>,
    ) -> Result<Self, SelectionError> {
        Ok(Self { headers: Selected::by_headers(headers)?, query: Selected::by_query(query)? })
    }

    /// Whether no tool is removed.
    pub fn is_everything(&self) -> bool {
        !self.by_headers() && self.query == Selected::default()
    }

    /// Whether headers limit the tools, so that the URL alone does not determine them.
    pub fn by_headers(&self) -> bool {
        self.headers != Selected::default()
    }

    /// Whether the selection allows the tools of named sets, which are selected together.
    pub fn allows_sets(&self) -> bool {
        self.sets_switched_off().is_none()
    }

    /// Why the selection excludes the tools of named sets; `None` if it does not.
    pub fn sets_switched_off(&self) -> Option<SwitchedOff> {
        self.headers.sets_switched_off().or_else(|| self.query.sets_switched_off())
    }

    /// Whether the selection allows the fixed tool of this name.
    pub fn allows(&self, tool: &str) -> bool {
        self.switched_off(tool).is_none()
    }

    /// Why the selection excludes the fixed tool of this name; `None` if it does not.
    pub fn switched_off(&self, tool: &str) -> Option<SwitchedOff> {
        self.headers.switched_off(tool).or_else(|| self.query.switched_off(tool))
    }
}

/// The selection in the headers or in the query.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Selected {
    read_only: bool,
    /// The selected tools; `None` if none are named, which selects all.
    only: Option<BTreeSet<&'static str>>,
    /// Whether a name for all toolsets is selected, which includes the tools of named sets.
    every: bool,
}

impl Selected {
    /// Parses the headers. Empty ones count as absent, and several lines of one are one list (RFC 9110 section 5.3).
    fn by_headers(headers: &HeaderMap) -> Result<Self, SelectionError> {
        let (mut selected, mut bytes) = (Self::default(), 0);
        for limit in LIMITS {
            for line in headers.get_all(header(limit)) {
                bounded(&mut bytes, line.len())?;
                let text = line.to_str().map_err(|_| SelectionError::NotText(header(limit)))?;
                selected.add(limit, text)?;
            }
        }
        Ok(selected)
    }

    /// Parses the query and ignores other parameters. `readonly` without a value is true, because the word alone reads
    /// so.
    fn by_query<'q>(
        query: impl Iterator<Item = (Cow<'q, str>, Cow<'q, str>)>,
    ) -> Result<Self, SelectionError> {
        let (mut selected, mut bytes) = (Self::default(), 0);
        for (name, value) in query {
            let Some(limit) = parameter(&name) else { continue };
            bounded(&mut bytes, value.len())?;
            if limit == Limit::ReadOnly && value.trim().is_empty() {
                selected.read_only = true;
            }
            selected.add(limit, &value)?;
        }
        Ok(selected)
    }

    fn add(&mut self, limit: Limit, list: &str) -> Result<(), SelectionError> {
        for element in list.split(',').map(str::trim).filter(|element| !element.is_empty()) {
            match limit {
                Limit::ReadOnly => self.read_only |= !NO.iter().any(|no| element.eq_ignore_ascii_case(no)),
                Limit::Toolsets => self.add_toolset(element)?,
                Limit::Tools => self.add_tool(element)?,
            }
        }
        Ok(())
    }

    fn add_toolset(&mut self, name: &str) -> Result<(), SelectionError> {
        let only = self.only.get_or_insert_default();
        if EVERYTHING.contains(&name) {
            only.extend(TOOL_SCOPES.map(|(tool, _)| tool));
            self.every = true;
            return Ok(());
        }
        only.extend(tools_of(name).ok_or_else(|| SelectionError::UnknownToolset(name.to_owned()))?);
        Ok(())
    }

    fn add_tool(&mut self, name: &str) -> Result<(), SelectionError> {
        let known = TOOL_SCOPES.into_iter().find(|(tool, _)| *tool == name);
        let (tool, _) = known.ok_or_else(|| SelectionError::UnknownTool(name.to_owned()))?;
        self.only.get_or_insert_default().insert(tool);
        Ok(())
    }

    fn switched_off(&self, tool: &str) -> Option<SwitchedOff> {
        if self.only.as_ref().is_some_and(|only| !only.contains(tool)) {
            return Some(SwitchedOff::NotSelected);
        }
        (self.read_only && !reads(tool)).then_some(SwitchedOff::ReadOnly)
    }

    /// The tools of sets may do anything, so none of them is for reading only.
    fn sets_switched_off(&self) -> Option<SwitchedOff> {
        if self.only.is_some() && !self.every {
            return Some(SwitchedOff::NotSelected);
        }
        self.read_only.then_some(SwitchedOff::ReadOnly)
    }
}

/// Whether no call of the tool writes. For an unknown tool that is not certain.
fn reads(tool: &str) -> bool {
    matches!(tool_scope(tool), Some(Scope::LangsmithRead | Scope::BillingRead))
}

fn bounded(bytes: &mut usize, more: usize) -> Result<(), SelectionError> {
    *bytes = bytes.saturating_add(more);
    if *bytes > MAX_LISTS { Err(SelectionError::TooLong) } else { Ok(()) }
}

#[cfg(test)]
mod tests;
