//! The main parsers of unauthenticated bytes as functions of bytes. The whole server runs in this process, and nearly
//! all targets reach it over HTTP, like a stranger. Each target asserts its own invariants.
//!
//! `cargo xtask fuzz` has libFuzzer choose the bytes. The tests of this crate feed the corpus and its mutations.
#![expect(
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a broken promise ends the run"
)]

mod server;
mod targets;

pub use server::Server;
pub use targets::{TARGETS, TOOLS, Target};
