//! JSON Schemas: those in the list of tools, and callers' own ones for storage.

pub(crate) mod entry;
#[cfg(test)]
mod function_calling;
pub(crate) mod json_schema;
pub(crate) mod tool_schema;
