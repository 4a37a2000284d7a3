//! JSON Schemas: those that the list of tools shows, and those that a caller hands over to be stored.

pub(crate) mod entry;
#[cfg(test)]
mod function_calling;
pub(crate) mod json_schema;
pub(crate) mod tool_schema;
