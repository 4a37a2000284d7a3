//! The functions as deployed: the real programs behind the front door.

#![expect(
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a failed step is a failed test, and answers of our own server need no bound"
)]

mod agents;
mod budgets;
mod documents;
mod end;
mod faults;
mod flow;
mod front_door;
mod keys;
mod kms;
mod misconfiguration;
mod regions;
mod registry;
mod roles;
mod tool_cache;
