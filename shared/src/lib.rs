//! What the functions of LangSmith Remote MCP share beside the OAuth domain (`oauth`) and the LangSmith client
//! (`langsmith`): the store, the vault, common HTTP behaviour, and what their programs are made of. It contains no
//! routes.
//!
//! Modules that need a large library are features, so that a function links only what it uses: the discovery documents
//! are served without an AWS SDK.

#[cfg(feature = "aws")]
pub mod aws;
#[cfg(feature = "aws")]
pub mod aws_error;
pub mod config;
#[cfg(feature = "store")]
pub mod grant_check;
pub mod key_shape;
#[cfg(feature = "lambda")]
pub mod lambda;
pub mod mcp;
#[cfg(feature = "store")]
pub mod public_keys;
#[cfg(feature = "servers")]
pub mod servers;
#[cfg(feature = "store")]
pub mod store;
pub mod telemetry;
#[cfg(feature = "vault")]
pub mod upstream;
#[cfg(feature = "vault")]
pub mod vault;
pub mod web;
