//! What every function of LangSmith Remote MCP shares: the OAuth domain, the store, the vault, the LangSmith client
//! and the HTTP manners. It contains no routes.
//!
//! Dependencies point one way inside the crate, too: [`oauth`] knows no I/O; [`store`], [`vault`] and [`langsmith`]
//! know its types; [`web`] knows its errors.

pub mod clock;
pub mod deadline;
pub mod ids;
pub mod langsmith;
pub mod oauth;
pub mod random;
pub mod secret;
pub mod store;
pub mod timed;
pub mod vault;
pub mod web;
