//! Arguments of tools: read member by member, and checked before any request to LangSmith. Only the rules of several
//! subjects are here; those of a single subject are with its tools.

pub(crate) mod errors;
pub(crate) mod free_form;
mod list;
pub(crate) mod no_nul_char;
mod number;
pub(crate) mod period;
pub(crate) mod placeholders;
pub(crate) mod reader;
mod structured;
pub(crate) mod unknown;
mod url;
pub(crate) mod url_room;
