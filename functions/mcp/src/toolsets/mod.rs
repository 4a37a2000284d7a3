//! Where tools come from, one folder a source. A source knows whom it asks; what all have in common is in
//! [`toolset`](crate::toolset).

pub mod langsmith;
