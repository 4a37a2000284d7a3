//! Arguments of tools: what a caller sent, read member by member and checked before anything is asked. Here is what every
//! tool's arguments have in common; what only one subject knows stands with its tools.

pub(crate) mod defaults;
pub(crate) mod free_form;
pub(crate) mod ignored;
mod json;
mod list;
pub(crate) mod nearest;
pub(crate) mod no_nul_char;
mod number;
pub(crate) mod period;
pub(crate) mod placeholder;
pub(crate) mod reader;
pub(crate) mod unknown;
pub(crate) mod url;
