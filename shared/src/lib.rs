//! What every function of LangSmith Remote MCP shares: the OAuth domain, the store, the vault, the LangSmith client
//! and the HTTP manners. It contains no routes.
//!
//! Dependencies point one way inside the crate, too: [`oauth`] knows no I/O; `store`, `vault` and `langsmith` know its
//! types; [`web`] knows its errors. What needs a large library is a feature, so that a function links what it uses:
//! the discovery documents are served without an AWS SDK.

pub mod authority;
#[cfg(feature = "aws")]
pub mod aws;
pub mod clock;
pub mod config;
pub mod deadline;
#[cfg(feature = "langsmith")]
pub mod eight_bytes;
pub mod ids;
pub mod key_shape;
#[cfg(feature = "lambda")]
pub mod lambda;
#[cfg(feature = "langsmith")]
pub mod langsmith;
pub mod mcp;
pub mod oauth;
#[cfg(feature = "store")]
pub mod public_keys;
pub mod random;
pub mod secret;
#[cfg(feature = "store")]
pub mod store;
pub mod telemetry;
pub mod timed;
#[cfg(feature = "vault")]
pub mod vault;
pub mod web;
