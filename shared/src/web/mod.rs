//! HTTP behaviour that all functions share.

pub mod body;
pub mod challenge;
pub mod cookie;
pub mod cors;
pub mod header_lines;
pub mod headers;
pub mod origin;
pub mod outer_layers;
pub mod page;
pub mod problem;
pub mod reply;
pub mod request_id;
pub mod time;
