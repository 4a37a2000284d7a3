//! Arguments of tools: read member by member, and checked before any request to LangSmith. This is what the arguments
//! of all tools have in common; the rules of a single subject are with its tools.

pub(crate) mod errors;
pub(crate) mod free_form;
pub(crate) mod in_url;
mod json;
mod list;
pub(crate) mod no_nul_char;
mod number;
pub(crate) mod period;
pub(crate) mod placeholders;
pub(crate) mod reader;
pub(crate) mod unknown;
mod url;
