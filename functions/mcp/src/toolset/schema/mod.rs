//! The JSON Schemas in the list of tools.

pub(crate) mod entry;
#[cfg(test)]
mod function_calling;
pub(crate) mod tool_schema;
