//! The code that all functions of LangSmith Remote MCP share: the OAuth domain, the store, the vault, the LangSmith
//! client and common HTTP behaviour. It contains no routes.
//!
//! Dependencies inside the crate point one way, too: [`oauth`] is free of I/O; `store`, `vault` and `langsmith` depend
//! on its types, [`web`] on its errors. Modules that need a large library are features, so that a function links only
//! what it uses: the discovery documents are served without an AWS SDK.

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
