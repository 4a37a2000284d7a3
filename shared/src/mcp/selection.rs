//! Which tools a request asks to be limited to: a client's own limit beside what its key or its grant allows. It takes
//! tools away and never gives one. The names of the headers are those of GitHub's remote MCP server
//! (<https://github.com/github/github-mcp-server/blob/main/docs/remote-server.md>); the query of the URL says the same
//! for clients whose users cannot set headers.
//!
//! Within one of the two, toolsets and single tools add up, and `readonly` then takes the tools that write away. What
//! both say is what both leave: neither can widen the other. Names that do not exist are refused, unlike at GitHub's
//! server, which passes over unknown toolsets: who misspells a limit should hear of it.

use std::borrow::Cow;
use std::collections::BTreeSet;

use http::{HeaderMap, HeaderName};

use crate::mcp::scopes::{JOINT, TOOL_SCOPES, tool_scope};
use crate::mcp::toolsets::{EVERYTHING, Limit, parameter, tools_of};
use crate::oauth::scope::Scope;

/// The most bytes that the lists of all headers may have, and those of the query.
const MAX_LISTS: usize = 2_048;

/// What GitHub's server takes for no; anything else is a yes, so that no spelling of a yes is passed over.
const NO: [&str; 6] = ["false", "f", "no", "n", "0", "off"];

/// All that can be said.
const LIMITS: [Limit; 3] = [Limit::ReadOnly, Limit::Toolsets, Limit::Tools];

const fn header(limit: Limit) -> HeaderName {
    HeaderName::from_static(match limit {
        Limit::ReadOnly => "x-mcp-readonly",
        Limit::Toolsets => "x-mcp-toolsets",
        Limit::Tools => "x-mcp-tools",
    })
}

/// Why what a request selects is not understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SelectionError {
    /// A header is no text.
    #[error("a header is no text")]
    NotText(HeaderName),
    /// The lists are too long.
    #[error("the lists are longer than 2,048 bytes")]
    TooLong,
    /// A name that is no toolset's.
    #[error("an unknown toolset")]
    UnknownToolset(String),
    /// A name that is no tool's.
    #[error("an unknown tool")]
    UnknownTool(String),
}

/// Why a tool is not there for a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SwitchedOff {
    /// The request reads only, and the tool writes.
    ReadOnly,
    /// The tool is not among those that the request selects.
    NotSelected,
}

/// What a request selects: by its headers, and by the query of its URL.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ToolSelection {
    headers: Selected,
    query: Selected,
}

impl ToolSelection {
    /// What a request's headers and the decoded parameters of its query select.
    pub fn of<'q>(
        headers: &HeaderMap,
        query: impl Iterator<Item = (Cow<'q, str>, Cow<'q, str>)>,
    ) -> Result<Self, SelectionError> {
        Ok(Self { headers: Selected::by_headers(headers)?, query: Selected::by_query(query)? })
    }

    /// Whether nothing is taken away.
    pub fn is_everything(&self) -> bool {
        !self.by_headers() && self.query == Selected::default()
    }

    /// Whether headers take something away, so that the URL alone does not tell what is left.
    pub fn by_headers(&self) -> bool {
        self.headers != Selected::default()
    }

    /// Whether the tool of this name is left.
    pub fn allows(&self, tool: &str) -> bool {
        self.switched_off(tool).is_none()
    }

    /// Why the tool of this name is not left; `None` when it is.
    pub fn switched_off(&self, tool: &str) -> Option<SwitchedOff> {
        self.headers.switched_off(tool).or_else(|| self.query.switched_off(tool))
    }
}

/// What one of the two says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Selected {
    read_only: bool,
    /// The tools that are named; `None` when none is, which leaves all.
    only: Option<BTreeSet<&'static str>>,
    /// Whether a word for every toolset is among the names, so that the tools of named sets are meant, too.
    every: bool,
}

impl Selected {
    /// Empty headers count as absent, and the lines of one are one list (RFC 9110 section 5.3).
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

    /// Other parameters are none of ours. `readonly` without a value is a yes, because the word alone reads as one.
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
        let of_set = self.every && tool.contains(JOINT);
        if self.only.as_ref().is_some_and(|only| !only.contains(tool) && !of_set) {
            return Some(SwitchedOff::NotSelected);
        }
        (self.read_only && !reads(tool)).then_some(SwitchedOff::ReadOnly)
    }
}

/// Whether no call of the tool writes. Of a tool that nobody knows that is not certain.
fn reads(tool: &str) -> bool {
    matches!(tool_scope(tool), Some(Scope::LangsmithRead | Scope::BillingRead))
}

fn bounded(bytes: &mut usize, more: usize) -> Result<(), SelectionError> {
    *bytes = bytes.saturating_add(more);
    if *bytes > MAX_LISTS { Err(SelectionError::TooLong) } else { Ok(()) }
}

#[cfg(test)]
mod tests;
