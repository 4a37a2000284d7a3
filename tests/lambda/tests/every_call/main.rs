//! Every call of every flow fails in every way that its service knows, once and for good. What may be asked again is
//! asked again; what stays ambiguous is told as such, in the language of whoever asked; and once the fault is over, the
//! same client goes on where it stood. At the end of a flow, nothing is half-written and no secret lies anywhere in
//! clear.
//!
//! `cargo xtask faults` takes every fault; without it, those that differ most are taken, which finds most of what there is
//! to find in a minute.
//!
//! A flow is recorded first, so that a call that is added to it is found and failed without a word here.

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
mod seen;
mod skew;
mod sweep;
mod world;
