//! Every call of every flow fails in every way that its service documents, transiently and permanently. Safe calls are
//! retried; ambiguous outcomes are reported as such, in the caller's protocol; and once the fault is over, the same
//! client continues where it was. At the end of a flow, nothing is half-written and no secret is stored in the clear.
//!
//! `cargo xtask faults` tests every fault; otherwise only the most different ones are tested, which finds most problems
//! within a minute.
//!
//! A flow is recorded first, so that calls added to it are found and failed without changes here.

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a failed step is a failed test, and answers of our own server need no bound"
)]

mod cell;
mod definite;
mod endings;
mod engine;
mod invariants;
mod janitor;
mod logins;
mod machine;
mod mcp;
mod pages;
mod registry;
mod seen;
mod skew;
mod sweep;
mod tool_cache;
mod world;
