//! The sources of tools, one folder each. A source knows its own backend; what all have in common is in
//! [`toolset`](crate::toolset).

pub mod agents;
pub mod langsmith;
