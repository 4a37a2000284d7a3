//! The JSON Schemas in the list of tools: the builder of a tool's arguments, and the rendered entry. The schemas of
//! agents, which come from their server, are in [`toolsets::agents`](crate::toolsets::agents).

pub(crate) mod entry;
#[cfg(test)]
mod function_calling;
pub(crate) mod tool_schema;
