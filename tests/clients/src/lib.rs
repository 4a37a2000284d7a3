//! Real programs against the whole system: MCP clients and LangChain's SDKs from `PyPI` and npm, the official
//! conformance suite, and a browser. Nothing here imitates our own code's view of a protocol; whoever speaks is somebody else's software.
//!
//! `cargo xtask setup` prepares the programs in `target/test-env`. A test whose program is missing fails and says
//! so; none is ever skipped.
#![expect(clippy::panic, reason = "a test reports by panicking")]

pub mod conformance;
pub mod contract;
mod environment;
mod fixtures;
mod large_set;
mod program;
mod step_set;
mod system;

pub use environment::{chromium, clients_folder, docs_pictures, screenshots};
pub use fixtures::with_fixtures;
pub use large_set::{LargeSet, MANY};
pub use program::{Program, Running};
pub use step_set::StepSet;
pub use system::System;
