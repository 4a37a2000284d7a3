//! Real programs against the whole system: MCP clients and LangChain's SDKs from `PyPI` and npm, the official
//! conformance suite, and a browser. Nothing here imitates our own view of a protocol; every client is third-party
//! software.
//!
//! `cargo xtask setup` prepares the programs in `target/test-env`. A test without its program fails with a message;
//! none is ever skipped.
#![expect(clippy::panic, reason = "a test reports by panicking")]

pub mod conformance;
pub mod contract;
mod environment;
mod fixtures;
mod program;
mod system;

pub use environment::{chromium, clients_folder, docs_pictures, screenshots};
pub use fixtures::with_fixtures;
pub use program::{Program, Running};
pub use system::System;
